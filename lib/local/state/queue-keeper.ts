import type { Clock } from '../../clock.ts';
import { milliseconds } from '../../units.ts';
import type { QueueSnapshot } from '../backends.ts';
import type { ServiceHandler } from '../gateway/service.ts';

/** How long changes are gathered before they are written. */
const GATHERING = milliseconds(250);

export interface QueueKeeperOptions {
  readonly clock: Clock;
  readonly snapshot: () => QueueSnapshot;
  readonly write: (snapshot: QueueSnapshot) => Promise<void>;
}

/**
 * Keeps the queues on disk while they change. A kill loses receives and deletions of the last quarter of a second: those
 * messages are delivered again. What was sent is saved before it is acknowledged, see {@link savesSends}.
 */
export class QueueKeeper {
  readonly #options: QueueKeeperOptions;
  #timer: { cancel(): void } | undefined;
  #writing: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;

  constructor(options: QueueKeeperOptions) {
    this.#options = options;
  }

  /** To be called at every change. */
  readonly note = (): void => {
    this.#timer ??= this.#options.clock.after(GATHERING, () => void this.save());
  };

  /** Writes what there is now, after what is being written. Whoever waits for the same turn shares one write. */
  readonly save = (): Promise<void> => {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#next ??= this.#writing
      .catch(() => {})
      .then(() => {
        this.#writing = this.#next ?? this.#writing;
        this.#next = undefined;
        return this.#options.write(this.#options.snapshot());
      });
    // A full disk must not end the cloud: the next change tries again, and the last one, at the stop, tells.
    this.#next.catch(() => {});
    return this.#next;
  };
}

/** Calls that put messages into queues: SQS's by their target, SNS's because it delivers to queues. */
const SENDS = /^AmazonSQS\.SendMessage(Batch)?$/;

/**
 * A service whose sends are acknowledged when they are on disk, so that no kill loses one. Where they cannot be written,
 * the call fails, and its caller sends again: at least once, as SQS has it.
 */
export const savesSends =
  (handler: ServiceHandler, save: () => Promise<void>): ServiceHandler =>
  async (request) => {
    const response = await handler(request);
    const target = request.headers['x-amz-target'];
    if (response.status === 200 && (target === undefined || SENDS.test(target))) await save();
    return response;
  };
