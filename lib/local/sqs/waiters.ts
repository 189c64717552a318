import type { Clock } from '../../clock.ts';
import { type EpochMs, type Milliseconds, milliseconds } from '../../units.ts';

/** `over` when the time is, when the signal has aborted, or when there will never be anything again. */
export type WaitResult = 'visible' | 'over';

/**
 * Those who wait for a message to be visible. One timer for the next message to reappear, none while nobody
 * waits: fauxqs's own long polls tick every 20 ms for each queue.
 */
export class Waiters {
  readonly #clock: Clock;
  readonly #nextVisibleAt: () => EpochMs | undefined;
  readonly #waiting = new Set<(result: WaitResult) => void>();
  #wakeUp: { cancel(): void } | undefined;
  #isClosed = false;

  /** @param nextVisibleAt when the first message is visible, the past included; undefined when there is none */
  constructor(clock: Clock, nextVisibleAt: () => EpochMs | undefined) {
    this.#clock = clock;
    this.#nextVisibleAt = nextVisibleAt;
  }

  wait(length: Milliseconds, signal?: AbortSignal): Promise<WaitResult> {
    if (this.#isClosed || signal?.aborted) return Promise.resolve('over');
    return new Promise((resolve) => {
      const settle = (result: WaitResult) => {
        if (!this.#waiting.delete(settle)) return;
        end.cancel();
        signal?.removeEventListener('abort', giveUp);
        resolve(result);
      };
      const giveUp = () => settle('over');
      const end = this.#clock.after(length, giveUp);
      signal?.addEventListener('abort', giveUp);
      this.#waiting.add(settle);
      this.notice();
    });
  }

  /** Looks again, after a change of the messages. */
  notice(): void {
    this.#wakeUp?.cancel();
    this.#wakeUp = undefined;
    const next = this.#waiting.size === 0 ? undefined : this.#nextVisibleAt();
    if (next === undefined) return;

    const delay = next - this.#clock.now();
    if (delay > 0) this.#wakeUp = this.#clock.after(milliseconds(delay), () => this.notice());
    else this.#settleAll('visible');
  }

  /** Ends all waiting, for good. */
  close(): void {
    this.#isClosed = true;
    this.#settleAll('over');
    this.notice();
  }

  #settleAll(result: WaitResult): void {
    for (const settle of [...this.#waiting]) settle(result);
  }
}
