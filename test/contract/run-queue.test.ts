import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, describe, expect, test } from 'vitest';
import { parseRunMessage } from '../../lib/run/message.ts';
import type { RunQueue } from '../../lib/run/queue.ts';
import { MemoryRunQueue, type SentMessage } from '../../lib/store/memory/memory-run-queue.ts';
import { createSqsRunQueue } from '../../lib/store/sqs/sqs-run-queue.ts';
import { seconds } from '../../lib/units.ts';
import { manualRequest, scheduledRequest } from '../support/requests.ts';

interface Opened {
  readonly queue: RunQueue;
  sent(): readonly SentMessage[];
}

const sqs = mockClient(SQSClient);
afterEach(() => sqs.reset());

/** What every adapter of the port does. */
const ADAPTERS: Readonly<Record<string, () => Opened>> = {
  memory() {
    const queue = new MemoryRunQueue();
    return { queue, sent: () => queue.messages };
  },
  sqs() {
    sqs.on(SendMessageCommand).resolves({});
    const queue = createSqsRunQueue({ client: new SQSClient({}), urlOf: (job) => `https://sqs/${job}` });
    return {
      queue,
      sent: () =>
        sqs.commandCalls(SendMessageCommand).map(({ args }) => {
          const { QueueUrl = '', MessageBody = '', DelaySeconds = 0 } = args[0].input;
          return { job: QueueUrl.replace('https://sqs/', ''), body: MessageBody, delay: seconds(DelaySeconds) };
        }),
    };
  },
};

describe.each(Object.entries(ADAPTERS))('the run queue: %s', (_name, open) => {
  test.each([
    ['scheduled', scheduledRequest({ input: { region: 'eu' } })],
    ['requested', manualRequest()],
    ['without an input', scheduledRequest()],
    ['with characters that SQS refuses', manualRequest({ input: '\ufffe\uffff' })],
  ])('sends to its own job what a function reads: %s', async (_what, request) => {
    const { queue, sent } = open();

    await queue.send(request);

    expect(sent().map(({ job, delay }) => ({ job, delay }))).toEqual([{ job: request.job, delay: 0 }]);
    expect(parseRunMessage(sent()[0]?.body ?? '')).toEqual(request);
  });

  test('delays a message where that is asked for', async () => {
    const { queue, sent } = open();

    await queue.send(scheduledRequest(), { delay: seconds(90) });

    expect(sent()).toMatchObject([{ delay: 90 }]);
  });

  test('sends the same run as often as it is asked to: the claim decides', async () => {
    const { queue, sent } = open();
    const request = scheduledRequest();

    await queue.send(request);
    await queue.send(request);

    expect(new Set(sent().map(({ body }) => body)).size).toBe(1);
    expect(sent()).toHaveLength(2);
  });
});

test('the error of SQS reaches the caller unchanged', async () => {
  const refused = new Error('AccessDenied');
  sqs.on(SendMessageCommand).rejects(refused);
  const queue = createSqsRunQueue({ client: new SQSClient({}), urlOf: () => 'https://sqs/report' });

  await expect(queue.send(scheduledRequest())).rejects.toBe(refused);
});

test('a job whose queue is not known sends nothing', async () => {
  const urlOf = () => Promise.reject(new Error('there is no queue of report'));
  const queue = createSqsRunQueue({ client: new SQSClient({}), urlOf });

  await expect(queue.send(scheduledRequest())).rejects.toThrow('there is no queue of report');
  expect(sqs.calls()).toEqual([]);
});
