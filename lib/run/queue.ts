import type { Seconds } from '../units.ts';
import type { RunRequest } from './ports.ts';

export interface SendOptions {
  /** How long the message stays invisible, at most 15 minutes. @default none */
  readonly delay?: Seconds | undefined;
}

/** The one way to send a run to its job's own queue. */
export interface RunQueue {
  /**
   * Sends the run's message. One too many does no harm: the claim decides.
   *
   * @throws the adapter's error, unchanged; the message may have arrived all the same
   */
  send(run: RunRequest, options?: SendOptions): Promise<void>;
}
