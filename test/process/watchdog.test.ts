import { setTimeout as sleep } from 'node:timers/promises';
import { expect, type TestContext, test } from 'vitest';
import { jobFile } from './support/job-file.ts';
import { Project } from './support/project.ts';
import type { RunningCloud } from './support/running-cloud.ts';

/** The watchdog of a real cloud, by real minutes: each test waits for four of them, and hardly ever computes. */

const MINUTE_MS = 60_000;
const TIMEOUT_MS = 9 * MINUTE_MS;

const JOBS = { misses: "{ every: '1 minute' }", catches: "{ every: '1 minute', catchUp: 'latest' }" };

async function setup({ onTestFinished }: TestContext): Promise<Project> {
  const jobs = Object.fromEntries(Object.keys(JOBS).map((job) => [job, jobFile(job, { body: "return 'done';" })]));
  const project = await Project.create({ jobs, when: JOBS, context: { watchdogGrace: '1 minute' } });
  onTestFinished(() => project.remove());
  return project;
}

const runOf = (job: string, due: number): string => `${job}/${new Date(due).toISOString().slice(0, 16)}Z/${job}`;

/** Waits for the first due time after the start, with the runs and the look that come of it. @returns when it was */
async function firstMinute(cloud: RunningCloud): Promise<number> {
  const due = Math.ceil(Date.now() / MINUTE_MS) * MINUTE_MS;
  for (const job of [...Object.keys(JOBS), 'watchdog']) await cloud.reaches(runOf(job, due), 'completed');
  return due;
}

/** Has the next due times of a schedule not be delivered. */
async function drop(project: Project, { endpoint }: RunningCloud, input: { schedule: string; count: number }) {
  const { token } = JSON.parse(await project.read('.belfry/cloud.json')) as { readonly token: string };
  const response = await fetch(`${endpoint}/_belfry/drop`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(input),
  });
  expect(response.status).toBe(200);
}

test.concurrent('due times that never come are recorded as missed and told, and the latest is made up for', {
  timeout: TIMEOUT_MS,
}, async (context) => {
  const project = await setup(context);
  const cloud = await project.start();
  const { command } = cloud;
  const first = await firstMinute(cloud);
  const dropped = [first + MINUTE_MS, first + 2 * MINUTE_MS] as const;
  // Without the looks of those minutes, one look finds them all.
  for (const schedule of ['misses', 'catches', 'watchdog']) await drop(project, cloud, { schedule, count: 2 });

  const look = await cloud.reaches(runOf('watchdog', first + 3 * MINUTE_MS), 'completed', 4 * MINUTE_MS);

  // Whether the next one is missed as well is not known before its own look.
  expect(look.result).toMatchObject({ missed: 4, catchUpsSent: 0, catchUpsLeft: 1 });
  for (const due of dropped) {
    const record = await cloud.reaches(runOf('misses', due), 'missed');
    expect(record).toMatchObject({ trigger: 'schedule', attempt: 0, missedAt: expect.any(Number) });
  }
  expect(await cloud.reaches(runOf('catches', dropped[1]), 'completed', 2 * MINUTE_MS)).toMatchObject({
    trigger: 'catch-up',
    attempt: 1,
    missedAt: expect.any(Number),
  });
  expect(await cloud.reaches(runOf('catches', dropped[0]), 'missed')).toMatchObject({ attempt: 0 });
  await command.prints(/alert +\[dev\] 4 due times missed: (misses, catches|catches, misses)/);
  await command.prints(/ALARM +belfry-dev-runs-missed/);
});

test.concurrent('what was due while the cloud was off is told in one line, and is not missed', {
  timeout: TIMEOUT_MS,
}, async (context) => {
  const project = await setup(context);
  const cloud = await project.start();
  const first = await firstMinute(cloud);
  cloud.command.interrupt();
  await cloud.command.end();
  const off = [first + MINUTE_MS, first + 2 * MINUTE_MS] as const;
  await sleep(off[1] + 2000 - Date.now());

  const next = await project.start();
  const look = await next.reaches(runOf('watchdog', first + 3 * MINUTE_MS), 'completed');

  expect(look.result).toMatchObject({ missed: 0, catchUpsSent: 0 });
  for (const job of Object.keys(JOBS)) {
    await next.command.prints(new RegExp(`not fired +${job} +2 due while the cloud was off`));
    await next.reaches(runOf(job, first + 3 * MINUTE_MS), 'completed');
    for (const due of off) expect(await next.record(runOf(job, due))).toBeUndefined();
  }
  expect(next.command.output).not.toMatch(/\b(missed|alert|ALARM)\b/);
});
