/**
 * What a function's process and the embedded cloud say to each other over the IPC channel.
 */

/** An error as Lambda reports one. */
export interface FunctionError {
  /** The error's name, or Lambda's own: `Runtime.ExitError`, `Sandbox.Timedout`. */
  readonly type: string;
  readonly message: string;
  /** The stack, a line each, and then what is behind the error. */
  readonly trace: readonly string[];
}

export type ToWorker =
  | {
      readonly kind: 'start';
      readonly directory: string;
      readonly handler: string;
      readonly functionName: string;
      readonly functionArn: string;
      readonly memoryMb: number;
      readonly logGroup: string;
      readonly logStream: string;
      /** Before the request id that both outputs end an invocation with; nobody else can know it. */
      readonly marker: string;
    }
  | {
      readonly kind: 'invoke';
      readonly requestId: string;
      /** JSON. */
      readonly event: string;
      /** Milliseconds since 1970. */
      readonly deadline: number;
    };

export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'init-failed'; readonly error: FunctionError }
  | { readonly kind: 'succeeded'; readonly payload: string }
  | { readonly kind: 'failed'; readonly error: FunctionError }
  /** Nobody caught it; the process ends. */
  | { readonly kind: 'crashed'; readonly error: FunctionError };
