import { randomBytes } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import { type EpochMs, MINUTE, type Milliseconds, milliseconds, plus, SECOND, toMilliseconds } from '../../units.ts';
import { attributesOf, causeOf, type ExhaustedCondition } from './dead-letter.ts';
import { PermanentDeliveryError } from './errors.ts';
import type { DropReason, Fire, SchedulerObserver, Target } from './ports.ts';
import { type AttemptContext, bodyOf } from './substitution.ts';

/** What the deliveries of a scheduler share. */
export interface DeliveryParts {
  readonly clock: Clock;
  readonly target: Target;
  readonly observer: SchedulerObserver;
}

/** `concluded`: delivered, dead-lettered or dropped. `abandoned`: still to be delivered when the scheduler stopped. */
export type DeliveryOutcome = 'concluded' | 'abandoned';

interface Failure {
  readonly context: AttemptContext;
  readonly error: unknown;
  readonly condition?: ExhaustedCondition | undefined;
}

const MIN_BACKOFF = SECOND;
// AWS says "exponential backoff" and no more. With this the default of 185 retries fills the default of 24 hours.
const MAX_BACKOFF = 8 * MINUTE;

/** The wait before the given attempt, counted from 1; before the second it is a second, then twice as long each time. */
export const backoffBefore = (attempt: number): Milliseconds =>
  milliseconds(Math.min(MIN_BACKOFF * 2 ** (attempt - 2), MAX_BACKOFF));

/** Delivers due times, each with its own retries, until {@link Deliveries.abandon}. */
export class Deliveries {
  readonly #parts: DeliveryParts;
  readonly #waits = new Set<() => void>();
  #isAbandoned = false;

  constructor(parts: DeliveryParts) {
    this.#parts = parts;
  }

  /** Tries until the message is delivered or its retry policy is exhausted. Never rejects. */
  async deliver(fire: Fire): Promise<DeliveryOutcome> {
    const { clock, observer } = this.#parts;
    const firstAt = clock.now();
    for (let attempt = 1; ; attempt++) {
      const context = { ...fire, attempt, executionId: randomBytes(8).toString('hex') };
      const failure = await this.#attempt(context);
      if (failure === undefined) {
        observer.onFired?.({ ...fire, attempt });
        return 'concluded';
      }
      const isPermanent = failure.error instanceof PermanentDeliveryError;
      const condition = isPermanent ? undefined : this.#exhaustedCondition(context, firstAt);
      if (isPermanent || condition !== undefined) {
        await this.#deadLetter({ ...failure, condition });
        return 'concluded';
      }
      if ((await this.#wait(backoffBefore(attempt + 1))) === 'abandoned') return 'abandoned';
    }
  }

  /** Ends all waiting for a next attempt. Attempts under way are finished. */
  abandon(): void {
    this.#isAbandoned = true;
    for (const end of this.#waits) end();
  }

  async #attempt(context: AttemptContext): Promise<Failure | undefined> {
    try {
      await this.#parts.target.send(context.schedule.target.arn, bodyOf(context), {});
      return undefined;
    } catch (error) {
      return { context, error };
    }
  }

  #exhaustedCondition({ schedule, attempt }: AttemptContext, firstAt: EpochMs): ExhaustedCondition | undefined {
    const { maxRetryAttempts, maxEventAge } = schedule.target;
    if (attempt > maxRetryAttempts) return 'MaximumRetryAttempts';
    const nextAt = plus(this.#parts.clock.now(), backoffBefore(attempt + 1));
    return nextAt > plus(firstAt, toMilliseconds(maxEventAge)) ? 'MaximumEventAgeInSeconds' : undefined;
  }

  async #deadLetter({ context, error, condition }: Failure): Promise<void> {
    const { schedule, scheduledTime, attempt } = context;
    const { deadLetterArn, input = bodyOf(context) } = schedule.target;
    if (deadLetterArn === undefined) return this.#drop(context, 'no-dead-letter-queue', error);
    try {
      // AWS does not say whether a dead letter's body has its words replaced: whoever reads dead letters must manage without.
      await this.#parts.target.send(deadLetterArn, input, attributesOf(context, causeOf(error, condition)));
    } catch (deadLetterError) {
      return this.#drop(context, 'dead-letter-queue-failed', deadLetterError);
    }
    this.#parts.observer.onDeadLettered?.({ schedule, scheduledTime, attempts: attempt, error });
  }

  #drop({ schedule, scheduledTime }: AttemptContext, reason: DropReason, error: unknown): void {
    this.#parts.observer.onDropped?.({ schedule, scheduledTime, reason, error });
  }

  #wait(delay: Milliseconds): Promise<'over' | 'abandoned'> {
    if (this.#isAbandoned) return Promise.resolve('abandoned');
    return new Promise((resolve) => {
      const end = (result: 'over' | 'abandoned') => {
        timer.cancel();
        this.#waits.delete(abandon);
        resolve(result);
      };
      const abandon = () => end('abandoned');
      const timer = this.#parts.clock.after(delay, () => end('over'));
      this.#waits.add(abandon);
    });
  }
}
