import pc from 'picocolors';
import { expect, test } from 'vitest';
import { awaitEnd, LOOKS_OF_PATIENCE } from '../../../lib/cli/run/await-end.ts';
import type { RunRecord } from '../../../lib/run/record.ts';
import { DUE } from '../../support/requests.ts';

const id = 'report/2027-03-02T02:00:00.000Z/~01JX0000000000000000000000';
const pending: RunRecord = {
  id,
  job: 'report',
  schedule: null,
  scheduledTime: DUE,
  trigger: 'manual',
  status: 'pending',
  claim: 0,
  lastAttempt: 0,
  attempt: 0,
  attempts: [],
  createdAt: DUE,
};

/** Waits for a run whose record and whose cloud change with the looks. */
function setup(recordAt: (look: number) => RunRecord, refusal: string | undefined) {
  const said: string[] = [];
  let looks = 0;
  const client = { getRun: async () => recordAt(++looks) };
  const terminal = { say: (text: string) => said.push(text), colors: pc.createColors(false) };
  const ended = awaitEnd({ id, job: 'report' }, { client, refusal: async () => refusal }, terminal, async () => {});
  return { ended, said };
}

test('belfry run says that it waits, and goes on, while the cloud can record', async () => {
  const completed: RunRecord = { ...pending, status: 'completed', attempt: 1 };
  const { ended, said } = setup((look) => (look > 2 * LOOKS_OF_PATIENCE ? completed : pending), undefined);

  expect(await ended).toBe(completed);
  expect(said).toEqual(Array(2).fill(expect.stringContaining('still pending')));
});

test('belfry run ends, with what is wrong and what becomes of the run, when the cloud can record nothing', async () => {
  const { ended, said } = setup(() => pending, 'the disk is full; make room');

  await expect(ended).rejects.toMatchObject({
    exitCode: 3,
    message: `the disk is full; make room. ${id} has not ended, and goes on once it can be recorded; after an end of the cloud, at its next start`,
  });
  expect(said).toEqual([]);
});

test('a run that has ended is shown, whatever the cloud can record now', async () => {
  const completed: RunRecord = { ...pending, status: 'completed', attempt: 1 };
  const { ended } = setup((look) => (look === LOOKS_OF_PATIENCE ? completed : pending), 'the disk is full');

  expect(await ended).toBe(completed);
});
