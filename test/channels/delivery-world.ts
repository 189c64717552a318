import { createChannels, type DeployedChannels } from '../../lib/channels/channels.ts';
import {
  type AlertDelivery,
  createMemory,
  type DeliveryEvent,
  type DeliveryPorts,
  deliver,
} from '../../lib/channels/deliver.ts';
import { FACTS_ATTRIBUTE, type Notice } from '../../lib/channels/notice.ts';
import type { AlertMessage } from '../../lib/job/context.ts';
import type { ChannelName, SecretReference } from '../../lib/job/stages.ts';
import { MemoryDeliveryLog } from '../../lib/store/memory/memory-delivery-log.ts';
import { type EpochMs, epochMs, HOUR, type Milliseconds, milliseconds, plus, toIso } from '../../lib/units.ts';
import { FAILED_AT, notice } from './notices.ts';

/** A message in the queue. */
interface Waiting {
  readonly id: string;
  readonly body: string;
  readonly sentAt: EpochMs;
  readonly channel?: string | undefined;
  receiveCount: number;
  visibleAt: EpochMs;
}

export interface DeadLetter {
  readonly body: string;
  readonly channel: ChannelName;
  readonly reason: string;
}

export interface WorldOptions {
  /** Secrets by the name of their parameter. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly channels: DeployedChannels;
  readonly mail?: (message: AlertMessage) => Promise<void>;
  readonly timeout?: Milliseconds;
}

/** How long a request may take, where a test is not about that: a busy machine must not make a difference. */
const REQUEST_LIMIT = milliseconds(30_000);

/** The queue, the table and the process of the alerts function, under a clock that only the queue moves. */
export class DeliveryWorld {
  now = FAILED_AT;
  log = new MemoryDeliveryLog();
  readonly events: DeliveryEvent[] = [];
  readonly deadLetters: DeadLetter[] = [];
  readonly #waiting: Waiting[] = [];
  readonly #options: WorldOptions;
  #memory = createMemory();
  #serial = 0;

  constructor(options: WorldOptions) {
    this.#options = options;
  }

  /** Publishes an alert as the topic would hand it to the queue. */
  publish(alert: Notice = notice()): string {
    const { facts } = alert;
    return this.publishRaw(alert.body, {
      Subject: alert.subject,
      MessageAttributes: { [FACTS_ATTRIBUTE]: { Type: 'String', Value: JSON.stringify(facts) } },
    });
  }

  publishRaw(Message: string, more: object = {}): string {
    const MessageId = `sns-${++this.#serial}`;
    const envelope = { Type: 'Notification', MessageId, Message, Timestamp: toIso(this.now), ...more };
    this.send(JSON.stringify(envelope));
    return MessageId;
  }

  send(body: string, channel?: string): void {
    const id = `sqs-${++this.#serial}`;
    this.#waiting.push({ id, body, sentAt: this.now, channel, receiveCount: 0, visibleAt: this.now });
  }

  /** Moves dead letters back, as SQS does: with their attributes. */
  redrive(): void {
    for (const { body, channel } of this.deadLetters.splice(0)) this.send(body, channel);
  }

  /** A function's process ends, and with it what it knew. */
  replaceProcess(): void {
    this.#memory = createMemory();
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** Delivers what is visible, and moves the clock to what becomes visible, until the queue is empty or the time is over. */
  async run(length: Milliseconds = milliseconds(24 * HOUR)): Promise<void> {
    const end = plus(this.now, length);
    for (;;) {
      const next = [...this.#waiting].sort((one, other) => one.visibleAt - other.visibleAt)[0];
      if (next === undefined || next.visibleAt > end) break;
      this.now = epochMs(Math.max(this.now, next.visibleAt));
      await this.receive(next);
    }
    this.now = end;
  }

  async receive(message: Waiting): Promise<void> {
    message.receiveCount += 1;
    const { id, body, sentAt, receiveCount, channel } = message;
    const delivery: AlertDelivery = { id, body, sentAt, receiveCount, channel };
    const redelivery = await deliver(delivery, this.#ports());
    if (redelivery === undefined) this.#waiting.splice(this.#waiting.indexOf(message), 1);
    else message.visibleAt = plus(this.now, redelivery.delay);
  }

  #ports(): DeliveryPorts {
    const { secrets, channels, mail = async () => {}, timeout = REQUEST_LIMIT } = this.#options;
    const now = () => this.now;
    const secret = async (reference: SecretReference): Promise<string> => {
      const value = secrets['ssm' in reference ? reference.ssm : reference.secretsManager];
      if (value === undefined) throw Object.assign(new Error('no such parameter'), { name: 'ParameterNotFound' });
      return value;
    };
    return {
      deployment: 'shop-prod',
      channels: createChannels(channels, { secret, mail, now, timeout }),
      log: this.log,
      memory: this.#memory,
      deadLetter: async ({ body }, channel, reason) => {
        this.deadLetters.push({ body, channel, reason });
        return true;
      },
      report: (event) => this.events.push(event),
      now,
      random: () => 0.5,
    };
  }
}
