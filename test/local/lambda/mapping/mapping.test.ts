import type { SQSEvent } from 'aws-lambda';
import { expect, onTestFinished, test } from 'vitest';
import type { MappingModel } from '../../../../lib/local/assembly/index.ts';
import {
  createEventSourceMapping,
  type MappingObserver,
  type QueueSource,
  type SourceMessage,
} from '../../../../lib/local/lambda/mapping/index.ts';
import type { InvocationResult } from '../../../../lib/local/lambda/workers/index.ts';
import { epochMs, milliseconds } from '../../../../lib/units.ts';
import { settle, VirtualClock } from '../../../support/virtual-clock.ts';

/** 2027-03-02, 02:00 in UTC. */
const START = epochMs(Date.UTC(2027, 2, 2, 2));

const message = (id: string, overrides: Partial<SourceMessage> = {}): SourceMessage => ({
  id,
  receiptHandle: `handle-${id}`,
  body: `{"run":"${id}"}`,
  md5OfBody: 'd41d8cd98f00b204e9800998ecf8427e',
  attributes: {},
  sentAt: START,
  receiveCount: 1,
  firstReceivedAt: START,
  ...overrides,
});

const facts = {
  requestId: 'request',
  logStream: 'stream',
  endedAt: START,
  duration: milliseconds(5),
  isColdStart: false,
};

const succeeded = (payload: unknown): InvocationResult => ({ ...facts, kind: 'succeeded', payload });

const failed: InvocationResult = {
  ...facts,
  kind: 'failed',
  error: { type: 'Error', message: 'boom', trace: [] },
};

const throttled: InvocationResult = { kind: 'throttled', reason: 'busy', at: START };

/** A queue that hands out what it is given, and waits when it is empty. */
class FakeQueue implements QueueSource {
  readonly deleted: string[] = [];
  readonly receives: number[] = [];
  readonly waiting: SourceMessage[] = [];
  readonly errors: Error[] = [];
  #wake = () => {};

  put(...messages: SourceMessage[]): void {
    this.waiting.push(...messages);
    this.#wake();
  }

  async receive(_queue: string, { max, signal }: { max: number; signal: AbortSignal }) {
    this.receives.push(max);
    const error = this.errors.shift();
    if (error !== undefined) throw error;
    while (this.waiting.length === 0 && !signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        signal.addEventListener('abort', () => resolve());
      });
    }
    return signal.aborted ? [] : this.waiting.splice(0, max);
  }

  delete(_queue: string, receiptHandle: string): void {
    if (receiptHandle === 'handle-stuck') throw new Error('gone');
    this.deleted.push(receiptHandle);
  }
}

function setup(
  options: { model?: Partial<MappingModel>; answer?: (event: SQSEvent) => Promise<InvocationResult> } = {},
) {
  const queue = new FakeQueue();
  const clock = new VirtualClock(START);
  const events: SQSEvent[] = [];
  const seen: unknown[][] = [];
  const observer: MappingObserver = {
    onBatch: ({ messages }) => seen.push(['batch', messages.length]),
    onBatchEnd: (_batch, { kind }, { failed, problem }) => seen.push(['end', kind, [...failed], problem]),
    onError: (step, error) => seen.push(['error', step, String(error)]),
  };
  const mapping = createEventSourceMapping({
    model: {
      functionName: 'app-dev-job',
      queueName: 'app-dev-job',
      batchSize: 1,
      maximumConcurrency: 2,
      reportBatchItemFailures: true,
      enabled: true,
      ...options.model,
    },
    queueArn: 'arn:aws:sqs:us-east-1:000000000000:app-dev-job',
    region: 'us-east-1',
    source: queue,
    clock,
    observer,
    invoke: (event) => {
      events.push(event);
      return options.answer?.(event) ?? Promise.resolve(succeeded(null));
    },
  });
  mapping.start();
  onTestFinished(() => mapping.stop());
  return { mapping, queue, clock, events, seen };
}

/** Answers when the test says so. */
function heldAnswers() {
  const answers: ((result: InvocationResult) => void)[] = [];
  return { answers, answer: () => new Promise<InvocationResult>((resolve) => answers.push(resolve)) };
}

test('calls the function with the event that Lambda makes of a message', async () => {
  const { queue, events } = setup();

  queue.put(
    message('one', {
      receiveCount: 3,
      md5OfAttributes: 'c5e0d1',
      attributes: {
        'belfry-run': { DataType: 'String', StringValue: 'job/2027-03-02T02:00Z/daily' },
        picture: { DataType: 'Binary', BinaryValue: 'AAEC' },
      },
    }),
  );
  await settle();

  expect(events).toEqual([
    {
      Records: [
        {
          messageId: 'one',
          receiptHandle: 'handle-one',
          body: '{"run":"one"}',
          attributes: {
            ApproximateReceiveCount: '3',
            SentTimestamp: '1803952800000',
            SenderId: '000000000000',
            ApproximateFirstReceiveTimestamp: '1803952800000',
          },
          messageAttributes: {
            'belfry-run': {
              stringValue: 'job/2027-03-02T02:00Z/daily',
              stringListValues: [],
              binaryListValues: [],
              dataType: 'String',
            },
            picture: { binaryValue: 'AAEC', stringListValues: [], binaryListValues: [], dataType: 'Binary' },
          },
          md5OfMessageAttributes: 'c5e0d1',
          md5OfBody: 'd41d8cd98f00b204e9800998ecf8427e',
          eventSource: 'aws:sqs',
          eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:app-dev-job',
          awsRegion: 'us-east-1',
        },
      ],
    },
  ]);
});

test('says which queue a dead letter comes from', async () => {
  const { queue, events } = setup();
  const deadLetterSource = 'arn:aws:sqs:us-east-1:000000000000:app-dev-other';

  queue.put(message('one', { deadLetterSource }));
  await settle();

  expect(events[0]?.Records[0]?.attributes.DeadLetterQueueSourceArn).toBe(deadLetterSource);
});

test.each([
  ['null', null, []],
  ['an empty answer', '', []],
  ['an empty object', {}, []],
  ['a null list', { batchItemFailures: null }, []],
  ['an empty list', { batchItemFailures: [] }, []],
  ['one that failed', { batchItemFailures: [{ itemIdentifier: 'b' }] }, ['b']],
  ['one named twice', { batchItemFailures: [{ itemIdentifier: 'b' }, { itemIdentifier: 'b' }] }, ['b']],
  ['an unknown message', { batchItemFailures: [{ itemIdentifier: 'b' }, { itemIdentifier: 'z' }] }, ['a', 'b', 'c']],
  ['an empty identifier', { batchItemFailures: [{ itemIdentifier: '' }] }, ['a', 'b', 'c']],
  ['a null identifier', { batchItemFailures: [{ itemIdentifier: null }] }, ['a', 'b', 'c']],
  ['another key', { batchItemFailures: [{ messageId: 'b' }] }, ['a', 'b', 'c']],
  ['a null item', { batchItemFailures: [null] }, ['a', 'b', 'c']],
  ['something else than a list', { batchItemFailures: 'b' }, ['a', 'b', 'c']],
  ['something else than an object', 'ok', ['a', 'b', 'c']],
])('leaves in the queue what the answer says has failed: %s', async (_case, payload, left) => {
  const { queue } = setup({ model: { batchSize: 10 }, answer: () => Promise.resolve(succeeded(payload)) });

  queue.put(message('a'), message('b'), message('c'));
  await settle();

  const expected = ['a', 'b', 'c'].filter((id) => !left.some((other) => other === id)).map((id) => `handle-${id}`);
  expect(queue.deleted).toEqual(expected);
});

test('deletes everything after a success when partial failures are not asked for', async () => {
  const answer = () => Promise.resolve(succeeded({ batchItemFailures: [{ itemIdentifier: 'a' }] }));
  const { queue } = setup({ model: { reportBatchItemFailures: false }, answer });

  queue.put(message('a'));
  await settle();

  expect(queue.deleted).toEqual(['handle-a']);
});

test.each([
  ['fails', failed],
  ['is throttled', throttled],
])('deletes nothing when the function %s', async (_case, result) => {
  const { queue, seen } = setup({ answer: () => Promise.resolve(result) });

  queue.put(message('a'));
  await settle();

  expect(queue.deleted).toEqual([]);
  expect(seen.at(-1)).toEqual(['end', result.kind, ['a'], undefined]);
});

test('completes nine of a batch when one is poison', async () => {
  const { queue } = setup({
    model: { batchSize: 10 },
    answer: (event) =>
      Promise.resolve(
        succeeded({
          batchItemFailures: event.Records.filter(({ body }) => body === 'poison').map(({ messageId }) => ({
            itemIdentifier: messageId,
          })),
        }),
      ),
  });

  queue.put(...Array.from({ length: 10 }, (_, n) => message(String(n), n === 4 ? { body: 'poison' } : {})));
  await settle();

  expect(queue.deleted).toHaveLength(9);
  expect(queue.deleted).not.toContain('handle-4');
});

test('never runs more invocations than allowed, and receives nothing it has no place for', async () => {
  const { answers, answer } = heldAnswers();
  const { mapping, queue } = setup({ answer });

  queue.put(message('a'), message('b'), message('c'));
  await settle();
  const atFirst = { inFlight: mapping.inFlight, waiting: queue.waiting.length };
  answers[0]?.(succeeded(null));
  await settle();
  const afterOne = { inFlight: mapping.inFlight, waiting: queue.waiting.length };
  for (const done of answers) done(succeeded(null));

  expect(atFirst).toEqual({ inFlight: 2, waiting: 1 });
  expect(afterOne).toEqual({ inFlight: 2, waiting: 0 });
});

test('gives a throttled place free only after a second', async () => {
  const { queue, events, clock } = setup({
    model: { maximumConcurrency: 1 },
    answer: () => Promise.resolve(throttled),
  });

  queue.put(message('a'), message('b'));
  await clock.advanceBy(milliseconds(999));
  const before = events.length;
  await clock.advanceBy(milliseconds(1));

  expect([before, events.length]).toEqual([1, 2]);
});

test('stops receiving at once, and waits for what is in flight', async () => {
  const { answers, answer } = heldAnswers();
  const { mapping, queue } = setup({ answer });
  queue.put(message('a'));
  await settle();
  let hasStopped = false;

  const stopped = mapping.stop().then(() => {
    hasStopped = true;
  });
  queue.put(message('b'));
  await settle();
  const beforeTheAnswer = hasStopped;
  answers[0]?.(succeeded(null));
  await stopped;

  expect(beforeTheAnswer).toBe(false);
  expect(queue.deleted).toEqual(['handle-a']);
  expect(queue.waiting).toHaveLength(1);
});

test('goes on after the queue could not be read', async () => {
  const { queue, clock, seen } = setup();
  queue.errors.push(new Error('offline'));

  queue.put(message('a'));
  await settle();
  queue.put(message('b'));
  await settle();
  const whilePausing = [...queue.deleted];
  await clock.advanceBy(milliseconds(1000));

  expect(seen).toContainEqual(['error', 'receive', 'Error: offline']);
  expect(whilePausing).toEqual(['handle-a']);
  expect(queue.deleted).toEqual(['handle-a', 'handle-b']);
});

test('deletes the others when one cannot be deleted', async () => {
  const { queue, seen } = setup({ model: { batchSize: 10 } });

  queue.put(message('stuck'), message('b'));
  await settle();

  expect(queue.deleted).toEqual(['handle-b']);
  expect(seen).toContainEqual(['error', 'delete', 'Error: gone']);
});

test('a mapping that is not enabled receives nothing', async () => {
  const { queue } = setup({ model: { enabled: false } });

  queue.put(message('a'));
  await settle();

  expect(queue.receives).toEqual([]);
});
