import type { EndpointKind, Limits } from '../limits.ts';

/** What a suite is run against; handed to the checks as JSON. */
export interface Target {
  readonly kind: EndpointKind;
  /** For people: `MiniStack 1.5.33 at http://127.0.0.1:4566`. */
  readonly title: string;
  /** Absent for AWS itself. */
  readonly endpoint?: string;
  readonly region: string;
  /** Absent for AWS itself, where the SDK finds the shell's. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly app: string;
  readonly stage: string;
  /** How many times as long as on a local machine a check waits. */
  readonly patience: number;
  /** Checks that are not made, and why. */
  readonly limits: Limits;
}

declare module 'vitest' {
  interface ProvidedContext {
    readonly target: Target;
  }
}

/** How SDK clients, and by its variables the CDK CLI, reach the target. */
export const clientConfig = ({ endpoint, region, credentials }: Target) => ({
  region,
  ...(endpoint === undefined ? {} : { endpoint }),
  ...(credentials === undefined ? {} : { credentials }),
});
