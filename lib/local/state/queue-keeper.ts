import type { Clock } from '../../clock.ts';
import { milliseconds } from '../../units.ts';
import type { QueueSnapshot } from '../backends.ts';

/** How long changes are gathered before they are written. */
const GATHERING = milliseconds(250);

export interface QueueKeeperOptions {
  readonly clock: Clock;
  readonly snapshot: () => QueueSnapshot;
  readonly write: (snapshot: QueueSnapshot) => Promise<void>;
}

/**
 * Keeps the queues on disk while they change. What the last quarter of a second before a kill did is not
 * lost either: a run that has not ended is sent again at the next start, and a due time is fired again whose mark is not
 * saved yet.
 */
export class QueueKeeper {
  readonly #options: QueueKeeperOptions;
  #timer: { cancel(): void } | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(options: QueueKeeperOptions) {
    this.#options = options;
  }

  /** To be called at every change. */
  readonly note = (): void => {
    this.#timer ??= this.#options.clock.after(GATHERING, () => void this.save());
  };

  /** Writes what there is now, after what is being written. */
  readonly save = (): Promise<void> => {
    this.#timer?.cancel();
    this.#timer = undefined;
    // A full disk must not end the cloud: the next change tries again, and the last one, at the stop, tells.
    this.#writing = this.#writing.catch(() => {}).then(() => this.#options.write(this.#options.snapshot()));
    this.#writing.catch(() => {});
    return this.#writing;
  };
}
