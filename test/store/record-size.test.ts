import { marshall } from '@aws-sdk/util-dynamodb';
import { expect, test } from 'vitest';
import { type Attempt, EMPTY_RECORD, type RunRecord } from '../../lib/run/record.ts';
import { toRunError } from '../../lib/run/run-error.ts';
import { closeAttempt } from '../../lib/store/rules.ts';
import { DUE } from '../support/requests.ts';

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html */
const MAX_ITEM = 400 * 1024;

/** Of a run's message: lib/run/message.ts. */
const MAX_MESSAGE = 65_536;

/** Of three bytes, the most that one of a string's characters takes. */
const WIDE = '\u20ac'.repeat(1_000_000);

/** Everything as long as it can be. */
function worstError(): Error {
  const named = (error: Error): Error => Object.assign(error, { name: WIDE, code: 'x'.repeat(100) });
  const behind = Array.from({ length: 30 }, () => named(new Error(WIDE)));
  const error = Object.assign(new AggregateError(behind, WIDE, { cause: named(new Error(WIDE)) }), {
    name: WIDE,
    code: 'x'.repeat(100),
  });
  error.stack = `${WIDE}\n${`    at ${WIDE.slice(0, 9_000)} (functions/${WIDE.slice(0, 9_000)}.ts:1:1)\n`.repeat(50)}`;
  return error;
}

const RECORD: RunRecord = {
  ...EMPTY_RECORD,
  id: 'report/2027-03-02T02:00Z/nightly',
  job: 'report',
  schedule: 'nightly',
  scheduledTime: DUE,
  trigger: 'schedule',
  status: 'running',
  createdAt: DUE,
};

test('a record whose twenty attempts failed in the longest way fits into an item, with the longest result and input', () => {
  const error = toRunError(worstError());
  let attempts: readonly Attempt[] = [];
  for (let n = 1; n <= 30; n++) {
    const open: Attempt = { n, cause: 'retry', startedAt: DUE, logStream: 'x'.repeat(512), requestId: 'x'.repeat(36) };
    attempts = closeAttempt({ ...RECORD, attempts: [...attempts, open] }, { endedAt: DUE, outcome: 'failed', error });
  }

  const item = { ...RECORD, attempts, error, result: WIDE.slice(0, 16_384), input: 'x'.repeat(MAX_MESSAGE) };
  const bytes = Buffer.byteLength(JSON.stringify(marshall(item)));

  expect(error.causes?.length).toBe(10);
  expect(attempts).toHaveLength(20);
  expect(bytes).toBeGreaterThan(MAX_ITEM / 4);
  expect(bytes).toBeLessThan(MAX_ITEM);
});
