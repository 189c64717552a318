import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { startReaper } from '../../lib/local/lambda/workers/index.ts';
import { eventually } from './support/eventually.ts';

/** What a function has started, and sent into a session of its own. */

const STREAM = '2027/03/02/[$LATEST]0123456789abcdef';

/** A process that leads its own session, as `detached: true` and `setsid` make it. */
function startDetached(logStream: string): ChildProcess {
  const child = spawn('sleep', ['600'], {
    detached: true,
    stdio: 'ignore',
    env: { PATH: process.env['PATH'], AWS_LAMBDA_LOG_STREAM_NAME: logStream },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

const hasEnded = (child: ChildProcess): boolean => child.signalCode !== null;
const hasProc = existsSync('/proc/self/environ');

test.runIf(hasProc)('a child that has left the group of its function ends when the function has', async () => {
  const reaper = startReaper();
  onTestFinished(() => reaper.close());
  const [leader, left, other] = [startDetached('leader'), startDetached(STREAM), startDetached(`${STREAM}0`)];
  reaper.guard(leader.pid ?? 0, STREAM);

  reaper.forget(leader.pid ?? 0);

  await eventually('its end', () => hasEnded(left));
  expect([leader, other].map(hasEnded)).toEqual([false, false]);
});

test.runIf(hasProc)('it ends with the cloud, too, however that went', async () => {
  const reaper = startReaper();
  const [leader, left, other] = [startDetached('leader'), startDetached(STREAM), startDetached('of nobody')];
  reaper.guard(leader.pid ?? 0, STREAM);

  reaper.close();

  await eventually('their ends', () => hasEnded(left) && hasEnded(leader));
  expect(hasEnded(other)).toBe(false);
});
