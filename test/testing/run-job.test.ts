import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { defineJob, NonRetryableError } from '../../lib/entry/belfry.ts';
import { runJob } from '../../lib/entry/testing.ts';

const greet = defineJob('greet', {
  input: z.object({ name: z.string() }),
  retry: { maxAttempts: 3, backoff: '30 seconds' },
  async run({ name }, { run, log, alert, secret }) {
    if (name === 'nobody') throw new NonRetryableError('no such person');
    if (name === 'later') throw new Error('not yet');
    log.info('greeting', { attempt: run.attempt });
    await alert({ subject: 'hello', body: `${name}, ${await secret('GREETING')}` });
    return { due: run.scheduledTime.toISOString(), attempt: run.attempt };
  },
});

const secrets = { GREETING: 'good day' };
const now = new Date('2027-03-02T02:00:30Z');

describe('runJob', () => {
  test('gives the outcome, the record, the logs and the alerts of one attempt', async () => {
    const run = await runJob(greet, { name: 'Ada' }, { now, secrets });

    expect(run.outcome).toEqual({ kind: 'completed', result: { due: '2027-03-02T02:00:00.000Z', attempt: 1 } });
    expect(run.record).toMatchObject({ id: 'greet/2027-03-02T02:00Z/test', status: 'completed' });
    expect(run.logs.map(({ message }) => message)).toEqual(['attempt-started', 'greeting', 'run-completed']);
    expect(run.logs[0]?.fields.startDelayMs).toBeGreaterThanOrEqual(30_000);
    expect(run.metrics).toEqual([]);
    expect(run.alerts).toEqual([{ subject: 'hello', body: 'Ada, good day' }]);
    expect(run.deadLetters).toEqual([]);
  });

  test('makes the attempt that it is asked for', async () => {
    const { outcome } = await runJob(greet, { name: 'Ada' }, { now, secrets, attempt: 3 });

    expect(outcome).toMatchObject({ result: { attempt: 3 } });
  });

  test('says when the next attempt would be', async () => {
    const { outcome } = await runJob(greet, { name: 'later' }, { now });

    if (outcome.kind !== 'retrying') throw new Error(outcome.kind);
    const wait = outcome.nextAttemptAt.getTime() - now.getTime();
    expect(Math.round(wait / 1000)).toBe(30);
    expect(outcome.error).toMatchObject({ name: 'Error', message: 'not yet' });
  });

  test('gives the dead letter, the alert and the metric of a run that has failed for good', async () => {
    const { outcome, deadLetters, alerts, metrics } = await runJob(greet, { name: 'later' }, { now, attempt: 3 });

    expect(outcome.kind).toBe('failed');
    expect(metrics).toEqual([{ name: 'RunsFailed', value: 1 }]);
    expect(deadLetters).toMatchObject([{ run: 'greet/2027-03-02T02:00Z/test', attempts: 3 }]);
    expect(alerts).toMatchObject([{ subject: 'greet failed: Error: not yet' }]);
  });

  test('fails at once what the job says is not worth a retry', async () => {
    expect((await runJob(greet, { name: 'nobody' }, { now })).outcome).toMatchObject({
      kind: 'failed',
      error: { name: 'NonRetryableError' },
    });
  });

  test('validates the input as a deployment would', async () => {
    const { outcome } = await runJob(greet, { name: 7 } as never, { now });

    expect(outcome).toMatchObject({ kind: 'failed', error: { name: 'InvalidInputError' } });
  });

  test("says where in the job's file it failed, from the project, and what is behind it", async () => {
    const failing = defineJob('failing', {
      run() {
        throw new Error('no report', { cause: new TypeError('fetch failed') });
      },
    });

    const { outcome, deadLetters, alerts } = await runJob(failing, undefined, { now, attempt: 3 });

    const at = expect.stringMatching(/^test\/testing\/run-job\.test\.ts:\d+:\d+$/);
    const causes = [{ depth: 1, name: 'TypeError', message: 'fetch failed' }];
    expect(outcome).toMatchObject({ kind: 'failed', error: { at, causes } });
    expect(deadLetters).toMatchObject([{ error: { at, causes } }]);
    expect(alerts[0]?.body).toMatch(
      /\nat test\/testing\/run-job\.test\.ts:\d+:\d+\ncaused by TypeError: fetch failed\n/,
    );
  });

  test('takes no place in Belfry for one in the job', async () => {
    const { outcome } = await runJob(greet, { name: 7 } as never, { now });

    if (outcome.kind !== 'failed') throw new Error(outcome.kind);
    expect(outcome.error.at).toBeUndefined();
    expect(outcome.error.stack).toMatch(/^at validateInput \(node_modules\/belfry\/lib\/job\/validate-input\.ts:/);
  });

  test('names a secret that the test did not give', async () => {
    const { outcome } = await runJob(greet, { name: 'Ada' }, { now });

    expect(outcome).toMatchObject({
      error: { name: 'SecretNotGrantedError', message: expect.stringContaining('"GREETING"') },
    });
  });

  test('aborts the signal at the timeout', async () => {
    const slow = defineJob('slow', {
      timeout: '1 second',
      run: (_input, { signal }) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    });

    const { outcome, record } = await runJob(slow, undefined);

    expect(outcome.kind).toBe('retrying');
    expect(record.attempts).toMatchObject([{ outcome: 'timed-out' }]);
  });

  test('refuses an attempt that the job would not get', async () => {
    await expect(runJob(greet, { name: 'Ada' }, { attempt: 4 })).rejects.toThrow('attempt 4: the job allows 3');
  });

  test('gives the paths of files that the assets of the job name, and refuses others, which would not be deployed', async () => {
    const reads = defineJob('reads', {
      input: z.object({ path: z.string() }),
      assets: ['docs/'],
      retry: { maxAttempts: 1 },
      run: ({ path }, { asset }) => asset(path),
    });

    const [named, other] = [
      await runJob(reads, { path: 'docs/time.md' }),
      await runJob(reads, { path: 'lib/units.ts' }),
    ];

    expect(named.outcome).toEqual({ kind: 'completed', result: join(process.cwd(), 'docs/time.md') });
    expect(other.outcome).toMatchObject({
      kind: 'failed',
      error: { message: 'the assets of the job "reads" do not name lib/units.ts; they are: docs/' },
    });
  });
});
