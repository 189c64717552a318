import type { Clock } from '../../clock.ts';
import { queueArn } from '../account.ts';
import { Queue } from './queue.ts';
import { redrivePolicyOf } from './redrive-policy.ts';

export interface QueueSetOptions {
  readonly region: string;
  readonly clock: Clock;
  readonly onChange: () => void;
}

const defaultAttributes: Readonly<Record<string, string>> = {
  VisibilityTimeout: '30',
  DelaySeconds: '0',
  MaximumMessageSize: '1048576',
  MessageRetentionPeriod: '345600',
  ReceiveMessageWaitTimeSeconds: '0',
};

/** The queues of the cloud, all in one region. */
export class QueueSet {
  readonly region: string;
  readonly clock: Clock;
  readonly #onChange: () => void;
  readonly #queues = new Map<string, Queue>();

  constructor({ region, clock, onChange }: QueueSetOptions) {
    this.region = region;
    this.clock = clock;
    this.#onChange = onChange;
  }

  /** Makes a queue, or gives one that is there the attributes. Its messages stay. */
  ensure(
    name: string,
    attributes: Readonly<Record<string, string>>,
    tags: Readonly<Record<string, string>> = {},
  ): Queue {
    const existing = this.#queues.get(name);
    if (existing !== undefined) {
      Object.assign(existing.attributes, attributes);
      return existing;
    }
    const identity = {
      name,
      arn: queueArn(name, this.region),
      attributes: { ...defaultAttributes, ...attributes },
      tags: new Map(Object.entries(tags)),
    };
    const { clock } = this;
    const queue = new Queue(identity, { clock, onChange: this.#onChange, queueOf: (arn) => this.byArn(arn) });
    this.#queues.set(name, queue);
    return queue;
  }

  byName(name: string): Queue | undefined {
    return this.#queues.get(name);
  }

  byArn(arn: string): Queue | undefined {
    return this.all().find((queue) => queue.arn === arn);
  }

  all(): readonly Queue[] {
    return [...this.#queues.values()];
  }

  /** The queues whose redrive policy names this one. */
  sourcesOf(deadLetterQueue: Queue): readonly Queue[] {
    return this.all().filter((queue) => redrivePolicyOf(queue.attributes)?.target === deadLetterQueue.arn);
  }

  /** @returns whether there was one */
  remove(name: string): boolean {
    const queue = this.#queues.get(name);
    queue?.close();
    if (this.#queues.delete(name)) this.#onChange();
    return queue !== undefined;
  }

  /** Ends all waiting. */
  close(): void {
    for (const queue of this.all()) queue.close();
  }
}
