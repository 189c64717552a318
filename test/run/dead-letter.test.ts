import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deadLetterBody } from '../../lib/run/dead-letter.ts';
import { LARGEST_MESSAGE, LARGEST_STORY, parseRunMessage } from '../../lib/run/message.ts';
import { EMPTY_RECORD, type RunRecord } from '../../lib/run/record.ts';
import { toRunError } from '../../lib/run/run-error.ts';
import { scheduledRequest } from '../support/requests.ts';
import { createRunHarness, fails } from '../support/run-harness.ts';

/** What SQS takes. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
const SQS_TEXT = /^[\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]*$/u;

/** The stories in the bodies of all dead letters that were sent. */
const storiesOf = ({ deadLetters }: ReturnType<typeof createRunHarness>) =>
  deadLetters.map(({ body }) => parseRunMessage(body).deadLetter);

describe('the body of a dead letter', () => {
  test('is the message of its run, with how many attempts were made and the first and the last error', async () => {
    let n = 0;
    const harness = createRunHarness(
      () => {
        throw new TypeError(`no\nreport (${++n})`, { cause: new Error('no route') });
      },
      { retry: { maxAttempts: 2, backoff: '0 seconds' } },
    );

    for (let delivery = 0; delivery < 2; delivery++) await harness.deliver(harness.request());

    const [{ body } = { body: '' }] = harness.deadLetters;
    expect(parseRunMessage(body)).toEqual({
      ...harness.request(),
      deadLetter: {
        attempts: 2,
        firstError: 'TypeError: no report (1)',
        lastError: expect.stringMatching(/^TypeError: no report \(2\); .*caused by Error: no route$/),
      },
    });
  });

  test('of each round counts all attempts, and keeps the first error of the run', async () => {
    let n = 0;
    const harness = createRunHarness(
      () => {
        throw new Error(`${++n}`);
      },
      { retry: { maxAttempts: 1 } },
    );
    await harness.deliver(harness.request());

    for (const deadLetter of [storiesOf(harness)[0], undefined]) {
      const deadLetterAttempts = harness.deadLetters.at(-1)?.attempts;
      await harness.deliver(harness.request(deadLetter && { deadLetter }), { deadLetterAttempts });
    }

    expect(storiesOf(harness)).toMatchObject(
      [
        { attempts: 1, firstError: 'Error: 1', lastError: /^Error: 1/ },
        { attempts: 2, firstError: 'Error: 1', lastError: /^Error: 2/ },
        { attempts: 3, firstError: 'Error: 1', lastError: /^Error: 3/ },
      ].map((story) => ({ ...story, lastError: expect.stringMatching(story.lastError) })),
    );
  });

  test('says of a first attempt without a word that it was lost', async () => {
    const harness = createRunHarness(fails, { retry: { maxAttempts: 2 } });
    harness.runs.failNext('settle', { when: 'before', error: new Error('table is down') });
    await harness.deliver(harness.request());
    harness.clock.jumpTo((harness.clock.now() + 100_000) as never);

    await harness.deliver(harness.request(), { receiveCount: 2 });

    expect(storiesOf(harness)).toMatchObject(
      [{ attempts: 2, firstError: 'lost: its process ended without a word', lastError: /no connection/ }].map(
        (story) => ({ ...story, lastError: expect.stringMatching(story.lastError) }),
      ),
    );
  });

  test('is taken by SQS, and read again when it is moved back, whatever the errors hold and however large the input', () => {
    const request = scheduledRequest();
    const text = fc.string({ unit: 'binary', maxLength: 3000 });
    const input = '\u{10ffff}'.repeat(LARGEST_MESSAGE / 4 - 60);
    fc.assert(
      fc.property(text, text, text, (name, message, code) => {
        const thrown = Object.assign(new Error(message), { name, code });
        const error = toRunError(new AggregateError([thrown, thrown], message.repeat(3), { cause: thrown }));
        const attempts = [{ n: 1, cause: 'first', outcome: 'failed', error }];
        const run = { ...EMPTY_RECORD, attempt: 21, attempts } as unknown as RunRecord;

        const body = deadLetterBody({ ...request, input }, run, error);

        expect(body).toMatch(SQS_TEXT);
        expect(new TextEncoder().encode(body).length).toBeLessThan(LARGEST_MESSAGE + LARGEST_STORY);
        expect(parseRunMessage(body).deadLetter?.attempts).toBe(21);
      }),
      { numRuns: 30 },
    );
  });
});
