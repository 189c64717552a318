import { resolve } from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { defineJob } from '../../lib/entry/belfry.ts';
import { runBundled } from '../../lib/entry/testing.ts';
import { WITHOUT_NODE_WARNING } from '../../lib/environment.ts';
import heartbeat from '../fixtures/app/functions/heartbeat.ts';

beforeEach(() => void vi.spyOn(process, 'cwd').mockReturnValue(resolve('test/fixtures/app/infra')));

describe('runBundled', () => {
  // The first, since the SDK warns once a process.
  test("keeps the SDK's warning of Node 20 from the test's process", async () => {
    for (const name of Object.keys(WITHOUT_NODE_WARNING)) vi.stubEnv(name, undefined);
    const emitWarning = vi.spyOn(process, 'emitWarning');

    await runBundled(heartbeat, undefined);

    expect(emitWarning).not.toHaveBeenCalled();
  });

  test('gives the outcome, the record and the logs of one attempt of the built function', async () => {
    const run = await runBundled(heartbeat, undefined, { now: new Date('2027-03-02T02:00:30Z') });

    expect(run.outcome).toEqual({ kind: 'completed', result: { alive: true } });
    expect(run.record).toMatchObject({ id: 'heartbeat/2027-03-02T02:00Z/test', status: 'completed', attempt: 1 });
    expect(run.logs.map(({ message }) => message)).toEqual(['attempt-started', 'alive', 'run-completed']);
    expect([run.metrics, run.alerts, run.deadLetters]).toEqual([[], [], []]);
  });

  test('makes a later attempt, those before it counted as failed', async () => {
    const run = await runBundled(heartbeat, undefined, { attempt: 2 });

    expect(run.record.attempts.map(({ outcome }) => outcome)).toEqual(['failed', 'completed']);
  });

  test('leaves a dead letter and an alert when the input of the last attempt is refused', async () => {
    const run = await runBundled<unknown>(heartbeat, { surplus: true });

    expect(run.outcome).toMatchObject({ kind: 'failed', error: { name: 'InvalidInputError' } });
    expect(run.deadLetters).toMatchObject([{ attempts: 1, error: { name: 'InvalidInputError' } }]);
    expect(run.alerts).toMatchObject([{ subject: expect.stringMatching(/heartbeat failed: InvalidInputError/) }]);
  });

  test('refuses a job that is in no file', async () => {
    const nowhere = defineJob('nowhere', { run() {} });

    await expect(runBundled(nowhere, undefined)).rejects.toThrow(/there is no file functions\/nowhere\.ts at or above/);
  });
});
