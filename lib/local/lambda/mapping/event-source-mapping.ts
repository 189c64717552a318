import type { SQSEvent } from 'aws-lambda';
import { bestEffort } from '../../../best-effort.ts';
import type { Clock } from '../../../clock.ts';
import { type Milliseconds, milliseconds, SECOND } from '../../../units.ts';
import type { MappingModel } from '../../assembly/models.ts';
import type { InvocationResult } from '../workers/invocation.ts';
import { type BatchOutcome, readBatchResponse } from './batch-response.ts';
import type { QueueSource, SourceMessage } from './queue-source.ts';
import { type EventOrigin, toSqsEvent } from './sqs-event.ts';

/** What somebody outside may want to know. Must not throw. */
export interface MappingObserver {
  onBatch?(batch: Batch): void;
  /** The messages in `failed` stay in the queue until their visibility timeout is over. */
  onBatchEnd?(batch: Batch, result: InvocationResult, outcome: BatchOutcome): void;
  /** The queue could not be read, or a message not deleted. It goes on. */
  onError?(step: 'receive' | 'delete' | 'invoke', error: unknown): void;
}

export interface Batch {
  readonly mapping: MappingModel;
  readonly messages: readonly SourceMessage[];
}

export interface MappingOptions extends EventOrigin {
  readonly model: MappingModel;
  readonly source: QueueSource;
  readonly invoke: (event: SQSEvent) => Promise<InvocationResult>;
  readonly clock: Clock;
  readonly observer?: MappingObserver;
}

export interface EventSourceMapping {
  readonly model: MappingModel;
  /** Invocations that run now. */
  readonly inFlight: number;
  /** Begins to receive; nothing happens for a mapping that is not enabled. */
  start(): void;
  /** Receives no more, and waits for the batches in flight. */
  stop(): Promise<void>;
}

/** SQS hands out no more at once, and waits no longer. */
const MAX_RECEIVE = 10;
const MAX_WAIT = milliseconds(20_000);

/** After an error, and after a throttled batch: soon enough for a person, seldom enough for a log. */
const pause = SECOND;

/** Without a limit of its own Lambda goes up to 1,000; a laptop need not. */
const defaultConcurrency = 10;

/**
 * Polls a queue and calls a function with what comes, as Lambda's event source mapping does.
 *
 * What fails stays in the queue and comes again when its visibility timeout is over, which is also the only
 * pace of retries: the mapping itself remembers nothing.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
export function createEventSourceMapping(options: MappingOptions): EventSourceMapping {
  return new Mapping(options);
}

class Mapping implements EventSourceMapping {
  readonly model: MappingModel;
  readonly #options: MappingOptions;
  readonly #inFlight = new Set<Promise<void>>();
  readonly #stopping = new AbortController();
  #polling: Promise<void> = Promise.resolve();

  constructor(options: MappingOptions) {
    this.model = options.model;
    this.#options = options;
  }

  get inFlight(): number {
    return this.#inFlight.size;
  }

  start(): void {
    if (this.model.enabled) this.#polling = this.#poll();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#polling;
    await Promise.all(this.#inFlight);
  }

  /** Receives only for a free place, so that no message waits here while its visibility timeout runs. */
  async #poll(): Promise<void> {
    const { signal } = this.#stopping;
    const { maximumConcurrency = defaultConcurrency } = this.model;
    while (!signal.aborted) {
      if (this.#inFlight.size >= maximumConcurrency) {
        await Promise.race(this.#inFlight);
        continue;
      }
      const messages = await this.#receive(signal);
      // Also after the abort: messages that are here have used up a receive.
      if (messages.length > 0) this.#begin(messages);
    }
  }

  async #receive(signal: AbortSignal): Promise<readonly SourceMessage[]> {
    const { source, observer } = this.#options;
    const max = Math.min(this.model.batchSize, MAX_RECEIVE);
    try {
      return await source.receive(this.model.queueName, { max, wait: MAX_WAIT, signal });
    } catch (error) {
      if (signal.aborted) return [];
      observer?.onError?.('receive', error);
      await this.#sleep(pause);
      return [];
    }
  }

  #begin(messages: readonly SourceMessage[]): void {
    const batch = this.#process({ mapping: this.model, messages }).finally(() => this.#inFlight.delete(batch));
    this.#inFlight.add(batch);
  }

  async #process(batch: Batch): Promise<void> {
    const { invoke, observer } = this.#options;
    observer?.onBatch?.(batch);
    try {
      const result = await invoke(toSqsEvent(batch.messages, this.#options));
      const outcome = this.#outcomeOf(result, batch);
      await this.#delete(batch.messages.filter(({ id }) => !outcome.failed.has(id)));
      observer?.onBatchEnd?.(batch, result, outcome);
      // Lambda offers a throttled batch again until its visibility timeout is over. Here it waits for that in the queue;
      // its place stays taken for a while, so that a busy function does not use up the receives of the whole queue.
      if (result.kind === 'throttled') await this.#sleep(pause);
    } catch (error) {
      observer?.onError?.('invoke', error);
    }
  }

  #outcomeOf(result: InvocationResult, { messages }: Batch): BatchOutcome {
    const ids = messages.map(({ id }) => id);
    if (result.kind !== 'succeeded') return { failed: new Set(ids) };
    return this.model.reportBatchItemFailures ? readBatchResponse(result.payload, ids) : { failed: new Set() };
  }

  /** One that cannot be deleted comes again: at least once is all that SQS promises. */
  async #delete(messages: readonly SourceMessage[]): Promise<void> {
    const { source, observer } = this.#options;
    for (const { receiptHandle } of messages) {
      await bestEffort(
        async () => source.delete(this.model.queueName, receiptHandle),
        (error) => observer?.onError?.('delete', error),
      );
    }
  }

  #sleep(length: Milliseconds): Promise<void> {
    const { signal } = this.#stopping;
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = () => {
        timer.cancel();
        signal.removeEventListener('abort', wake);
        resolve();
      };
      const timer = this.#options.clock.after(length, wake);
      signal.addEventListener('abort', wake);
    });
  }
}
