import { randomUUID } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import {
  type EpochMs,
  epochMs,
  type Milliseconds,
  plus,
  SECOND,
  type Seconds,
  seconds,
  toMilliseconds,
} from '../../units.ts';
import { asArrival, countMessages, type QueueCounts, type QueueMessage, type ReceivedMessage } from './message.ts';
import { redrivePolicyOf } from './redrive-policy.ts';
import { Waiters, type WaitResult } from './waiters.ts';

/** What a queue needs of its surroundings. */
export interface QueueContext {
  readonly clock: Clock;
  /** Finds the target of a redrive policy. */
  readonly queueOf: (arn: string) => Queue | undefined;
  /** Called after every change of a message. */
  readonly onChange: () => void;
}

/** SQS lets a consumer hide a message for 12 hours in all, counted from the receive. */
const maxHidden = toMilliseconds(seconds(12 * 60 * 60));

/** What two looks at the clock in one receive may differ by. */
const HANDED_OUT_WITHIN = SECOND;

/** One standard queue and its messages, with retention, redrive and receive counts as SQS has them. */
export class Queue {
  readonly name: string;
  readonly arn: string;
  /** As SQS names them; all values are texts. */
  readonly attributes: Record<string, string>;
  readonly tags: Map<string, string>;
  readonly createdAt: EpochMs;
  readonly #context: QueueContext;
  readonly #waiters: Waiters;
  /** By id, in the order of arrival. */
  readonly #messages = new Map<string, QueueMessage>();
  /** The valid receipt handle of each message. */
  readonly #handles = new Map<string, string>();

  constructor(identity: Pick<Queue, 'name' | 'arn' | 'attributes' | 'tags'>, context: QueueContext) {
    this.name = identity.name;
    this.arn = identity.arn;
    this.attributes = identity.attributes;
    this.tags = identity.tags;
    this.createdAt = context.clock.now();
    this.#context = context;
    this.#waiters = new Waiters(context.clock, () => this.#nextVisibleAt());
  }

  /** Takes a message in. One whose id is here already is left as it is. */
  add(message: QueueMessage): void {
    if (this.#messages.has(message.id)) return;
    this.#messages.set(message.id, message);
    this.#changed();
  }

  /**
   * Takes a message back that was saved. One that is hidden as it was when it was handed out has been touched by nobody
   * since: whoever begins a run hides its message anew. So it is there at once.
   */
  restore(message: QueueMessage): void {
    const { visibleAt, lastReceivedAt } = message;
    const asHandedOut = plus(lastReceivedAt ?? epochMs(0), toMilliseconds(this.#secondsOf('VisibilityTimeout')));
    const isUntouched = Math.abs(visibleAt - asHandedOut) < HANDED_OUT_WITHIN;
    this.add(isUntouched ? { ...message, visibleAt: this.#context.clock.now() } : message);
  }

  /**
   * Hands out visible messages, the longest here first, and hides them from others.
   *
   * What was received as often as the redrive policy allows goes to the dead-letter queue instead.
   */
  receive({ max, visibility }: { max: number; visibility?: Seconds | undefined }): readonly ReceivedMessage[] {
    const now = this.#context.clock.now();
    const visibleAt = plus(now, toMilliseconds(visibility ?? this.#secondsOf('VisibilityTimeout')));
    const received: ReceivedMessage[] = [];
    for (const message of this.messages()) {
      if (received.length >= max) break;
      if (message.visibleAt > now || this.#moveToDeadLetters(message)) continue;
      received.push(this.#handOut(message, visibleAt));
    }
    if (received.length > 0) this.#changed();
    return received;
  }

  #handOut(message: QueueMessage, visibleAt: EpochMs): ReceivedMessage {
    const now = this.#context.clock.now();
    const next: QueueMessage = {
      ...message,
      visibleAt,
      receiveCount: message.receiveCount + 1,
      firstReceivedAt: message.firstReceivedAt ?? now,
      lastReceivedAt: now,
    };
    const receiptHandle = `${message.id}/${randomUUID()}`;
    this.#messages.set(message.id, next);
    this.#handles.set(message.id, receiptHandle);
    return { ...next, receiptHandle };
  }

  /** @returns whether the message was due for it */
  #moveToDeadLetters(message: QueueMessage): boolean {
    const policy = redrivePolicyOf(this.attributes);
    const target = policy && this.#context.queueOf(policy.target);
    if (policy === undefined || target === undefined || message.receiveCount < policy.maxReceiveCount) return false;

    this.remove(message.id);
    target.add({ ...asArrival(message, this.#context.clock.now()), deadLetterSource: this.arn });
    return true;
  }

  /** Waits until there may be something to receive. */
  wait(length: Milliseconds, signal?: AbortSignal): Promise<WaitResult> {
    return this.#waiters.wait(length, signal);
  }

  /** The message a handle was given for, as long as nobody has received it again. */
  find(receiptHandle: string): QueueMessage | undefined {
    const id = receiptHandle.slice(0, Math.max(0, receiptHandle.lastIndexOf('/')));
    return this.#handles.get(id) === receiptHandle ? this.#messages.get(id) : undefined;
  }

  isInFlight(receiptHandle: string): boolean {
    return (this.find(receiptHandle)?.visibleAt ?? 0) > this.#context.clock.now();
  }

  /** Whether hiding the message so long from now exceeds the 12 hours that SQS allows after a receive. */
  isBeyondLimit(receiptHandle: string, visibility: Seconds): boolean {
    const receivedAt = this.find(receiptHandle)?.lastReceivedAt;
    if (receivedAt === undefined) return false;
    return plus(this.#context.clock.now(), toMilliseconds(visibility)) > plus(receivedAt, maxHidden);
  }

  /** @returns whether the handle was good */
  delete(receiptHandle: string): boolean {
    const message = this.find(receiptHandle);
    if (message !== undefined) this.remove(message.id);
    return message !== undefined;
  }

  /** Hides a message in flight until so long after now; 0 shows it at once. @returns whether it was in flight */
  changeVisibility(receiptHandle: string, visibility: Seconds): boolean {
    const message = this.find(receiptHandle);
    if (message === undefined || !this.isInFlight(receiptHandle)) return false;
    const visibleAt = plus(this.#context.clock.now(), toMilliseconds(visibility));
    this.#messages.set(message.id, { ...message, visibleAt });
    this.#changed();
    return true;
  }

  remove(id: string): void {
    this.#handles.delete(id);
    if (this.#messages.delete(id)) this.#changed();
  }

  purge(): void {
    for (const id of this.#messages.keys()) this.remove(id);
  }

  /** Every message that is here, whatever its state, the longest here first. */
  messages(): readonly QueueMessage[] {
    const now = this.#context.clock.now();
    const retention = toMilliseconds(this.#secondsOf('MessageRetentionPeriod'));
    for (const message of this.#messages.values()) {
      if (plus(message.sentAt, retention) <= now) this.remove(message.id);
    }
    return [...this.#messages.values()];
  }

  counts(): QueueCounts {
    return countMessages(this.messages(), this.#context.clock.now());
  }

  /** Ends all waiting. */
  close(): void {
    this.#waiters.close();
  }

  #secondsOf(attribute: string): Seconds {
    return seconds(Number(this.attributes[attribute]));
  }

  #nextVisibleAt(): EpochMs | undefined {
    let next: EpochMs | undefined;
    for (const { visibleAt } of this.#messages.values()) next = epochMs(Math.min(visibleAt, next ?? visibleAt));
    return next;
  }

  #changed(): void {
    this.#context.onChange();
    this.#waiters.notice();
  }
}
