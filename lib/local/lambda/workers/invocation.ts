import type { EpochMs, Milliseconds } from '../../../units.ts';
import type { FunctionError } from './worker-protocol.ts';

/** What became of one invocation. Never an exception: a function that fails is nothing unexpected. */
export type InvocationResult = Invoked | Throttled;

export type Invoked = InvocationFacts &
  (
    | { readonly kind: 'succeeded'; readonly payload: unknown }
    /** The handler threw, timed out, or its process ended. */
    | { readonly kind: 'failed'; readonly error: FunctionError }
  );

/** The function was not called: too many invocations run, or the cloud is closing. */
export interface Throttled {
  readonly kind: 'throttled';
  readonly reason: string;
  readonly at: EpochMs;
}

export interface InvocationFacts {
  readonly requestId: string;
  readonly logStream: string;
  readonly endedAt: EpochMs;
  /** Without the start of the process, as the metric Duration; of one that timed out, the function's timeout. */
  readonly duration: Milliseconds;
  readonly isColdStart: boolean;
}

/** One line of a function's log. */
export interface LogLine {
  readonly function: string;
  /** Lambda writes a line of its own about an invocation that failed; its result tells the same. */
  readonly writtenBy: 'function' | 'lambda';
  readonly logStream: string;
  /** The invocation that ran, or ran last; absent for what is written while the module loads. */
  readonly requestId?: string;
  readonly line: string;
  readonly at: EpochMs;
}
