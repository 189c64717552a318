import { HOUR } from '../../../lib/units.ts';
import type { Event } from './journal.ts';
import type { Timeline } from './timeline.ts';

export interface DeadLetter {
  readonly body: string;
  readonly run: string;
  /** Which one it is, of those that Belfry has sent. Else SQS has moved the message, or it has never been a dead letter. */
  readonly letter?: string;
  /** The attribute with the attempts that its run had made. */
  readonly attempts?: number;
}

interface Message extends DeadLetter {
  readonly id: string;
  receives: number;
  visibleAt: number;
  receipt: number;
  firstHiddenAt: number;
}

export interface Receipt {
  readonly message: string;
  readonly body: string;
  readonly run: string;
  readonly attempts: number | undefined;
  readonly receiveCount: number;
  readonly handle: number;
}

export interface QueueOptions {
  readonly timeline: Timeline;
  readonly note: (event: Event) => void;
  readonly visibility: number;
  readonly maxReceiveCount: number;
  /** Between showing and being received: makes messages overtake each other. */
  readonly pollDelay: () => number;
  /** After how long this receive is handed out a second time, as happens with standard queues. */
  readonly duplicateAfter: () => number | undefined;
  readonly onReceive: (receipt: Receipt) => void;
}

const TWELVE_HOURS = 12 * HOUR;

/** A standard SQS queue with its dead-letter queue, and the event source mapping that polls it. */
export class SimulatedQueue {
  deadLetters: DeadLetter[] = [];
  readonly #messages = new Map<string, Message>();
  readonly #options: QueueOptions;
  #serial = 0;

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  get isEmpty(): boolean {
    return this.#messages.size === 0;
  }

  send(deadLetter: DeadLetter): void {
    const { timeline } = this.#options;
    const message: Message = {
      ...deadLetter,
      id: `message-${++this.#serial}`,
      receives: 0,
      visibleAt: timeline.now,
      receipt: 0,
      firstHiddenAt: 0,
    };
    this.#messages.set(message.id, message);
    this.#noteSent(message);
    this.#poll(message);
  }

  /** Moves dead letters back, as the console does: same bodies, new ids, and attributes if all goes well. */
  redrive(which: (deadLetter: DeadLetter) => boolean, losesAttributes = false): void {
    const chosen = this.deadLetters.filter(which);
    this.deadLetters = this.deadLetters.filter((deadLetter) => !chosen.includes(deadLetter));
    for (const { attempts, ...deadLetter } of chosen) {
      this.send(losesAttributes || attempts === undefined ? deadLetter : { ...deadLetter, attempts });
    }
  }

  /** @throws Error for a receipt that is no longer the newest, and beyond twelve hours from the receive */
  changeVisibility({ message: id, handle }: Receipt, length: number): void {
    const message = this.#messages.get(id);
    if (message === undefined || message.receipt !== handle) throw new Error('ReceiptHandleIsInvalid');
    const until = this.#options.timeline.now + length;
    if (until - message.firstHiddenAt > TWELVE_HOURS) throw new Error('InvalidParameterValue: beyond 12 hours');
    message.visibleAt = until;
    this.#poll(message);
  }

  /** Forgets messages, as a queue does that somebody has emptied. @returns how many there were */
  lose(which: (message: DeadLetter) => boolean): number {
    const lost = [...this.#messages.values()].filter(which);
    for (const { id } of lost) this.#messages.delete(id);
    return lost.length;
  }

  /** With any receipt handle, even an old one: SQS does not promise to refuse it. */
  delete({ message: id, run }: Receipt): void {
    if (this.#messages.delete(id)) this.#options.note({ kind: 'deleted', message: id, run });
  }

  #noteSent({ id, run, letter }: Message): void {
    this.#options.note({ kind: 'sent', message: id, run, ...(letter && { letter }) });
  }

  #poll(message: Message): void {
    const { timeline, pollDelay } = this.#options;
    timeline.at(message.visibleAt + pollDelay(), () => {
      if (this.#messages.get(message.id) === message && message.visibleAt <= timeline.now) this.#receive(message);
    });
  }

  #receive(message: Message): void {
    const { timeline, note, visibility, maxReceiveCount, duplicateAfter, onReceive } = this.#options;
    const { id, body, run, letter, attempts } = message;
    if (++message.receives > maxReceiveCount) {
      this.#messages.delete(id);
      this.deadLetters.push({ body, run, ...(letter && { letter }), ...(attempts && { attempts }) });
      note({ kind: 'moved', message: id, run });
      return;
    }
    message.receipt++;
    message.firstHiddenAt = timeline.now;
    message.visibleAt = timeline.now + visibility;
    this.#poll(message);
    const receipt = {
      message: id,
      body,
      run,
      attempts,
      receiveCount: message.receives,
      handle: message.receipt,
    };
    onReceive(receipt);
    const again = duplicateAfter();
    if (again !== undefined) timeline.after(again, () => this.#handOutAgain(message, receipt));
  }

  /** The same receive twice; or, once it was deleted, a copy on a server that had missed the deletion. */
  #handOutAgain(message: Message, receipt: Receipt): void {
    const { timeline, onReceive } = this.#options;
    if (this.#messages.has(message.id)) {
      onReceive(receipt);
      return;
    }
    if (message.receives >= this.#options.maxReceiveCount) return;
    this.#messages.set(message.id, message);
    message.visibleAt = timeline.now;
    this.#noteSent(message);
    this.#poll(message);
  }
}
