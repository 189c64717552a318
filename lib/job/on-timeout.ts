/** What follows an attempt that timed out, or was lost: nobody can tell the two apart once its process is gone. */
export const TIMEOUT_CHOICES = [
  /** Another attempt, if there is one left, as after any failure. */
  'retry',
  /** The run has failed: for work that must not be begun again when nobody knows how far it came. */
  'fail',
] as const;

export type TimeoutChoice = (typeof TIMEOUT_CHOICES)[number];

const ALLOWS_ANOTHER: Readonly<Record<TimeoutChoice, boolean>> = { retry: true, fail: false };

/** Whether an attempt that timed out or was lost may be followed by another. @param choice of a policy that an earlier version wrote, none */
export const retriesTimeouts = (choice: TimeoutChoice = 'retry'): boolean => ALLOWS_ANOTHER[choice];
