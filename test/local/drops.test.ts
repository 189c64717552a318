import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { expect, onTestFinished, test } from 'vitest';
import { Closers } from '../../lib/local/closers.ts';
import { dropNext, InvalidDropError, readDrop } from '../../lib/local/drops.ts';
import { openServices } from '../../lib/local/open-services.ts';
import { StateFolder } from '../../lib/local/state/state-folder.ts';
import { scheduleTargetInput } from '../../lib/run/message.ts';
import { QUEUE, ROLE, setup } from './scheduler/setup.ts';
import { clientConfig } from './support/cloud.ts';

/** As a deployment aims the schedules of an entry. */
const targetOf = (schedule: string) => ({
  Arn: QUEUE,
  RoleArn: ROLE,
  Input: scheduleTargetInput({ job: 'report', schedule, input: undefined }),
});

test('drops the due times of an entry, whichever of its two schedules has them', async () => {
  const { clock, create, scheduler, target } = await setup({ now: '2026-11-23T12:00:00Z' });
  await create('shop-dev-either', { ScheduleExpression: 'cron(0 13 * * ? *)', Target: targetOf('either') });
  await create('shop-dev-either_2', { ScheduleExpression: 'cron(0 14 * * ? *)', Target: targetOf('either') });

  dropNext(scheduler, { schedule: 'either', count: 2 });
  await clock.advanceTo('2026-11-24T13:00:00Z');

  expect(target.sent.map(({ body }) => JSON.parse(body).scheduledTime)).toEqual(['2026-11-24T13:00:00Z']);
});

test('names the schedules there are where there is none of that name', async () => {
  const { create, scheduler } = await setup({ now: '2026-11-23T12:00:00Z' });
  for (const entry of ['either', 'nightly', 'watchdog']) await create(`shop-dev-${entry}`, { Target: targetOf(entry) });

  const act = () => dropNext(scheduler, { schedule: 'either_', count: 1 });

  expect(act).toThrow(InvalidDropError);
  expect(act).toThrow('there is no schedule "either_"; there are: either, nightly; the nearest is "either"');
  expect(() => dropNext(scheduler, { schedule: 'nigthly', count: 1 })).toThrow(/; the nearest is "nightly"$/);
  expect(() => dropNext(scheduler, { schedule: 'watchdog', count: 1 })).not.toThrow();
});

test.each([
  ['nothing', undefined],
  ['a list', []],
  ['no count', { schedule: 'nightly' }],
  ['a count of none', { schedule: 'nightly', count: 0 }],
  ['a part of one', { schedule: 'nightly', count: 1.5 }],
  ['a count as text', { schedule: 'nightly', count: '1' }],
  ['a schedule that is no text', { schedule: 1, count: 1 }],
  ['something else beside', { schedule: 'nightly', count: 1, job: 'x' }],
])('refuses %s', (_case, input) => {
  expect(() => readDrop(input)).toThrow(InvalidDropError);
});

test('a running cloud takes it from whoever has its token', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'belfry-drops-'));
  const closers = new Closers();
  onTestFinished(async () => {
    await closers.run();
    await rm(directory, { recursive: true, force: true });
  });
  const state = new StateFolder(directory);
  await state.create();
  const services = await openServices({ state, observe: () => {} }, closers);
  await services.announce();
  const client = new SchedulerClient(clientConfig(services.endpoint));
  closers.add(() => client.destroy());
  await client.send(
    new CreateScheduleCommand({
      Name: 'nightly',
      ScheduleExpression: 'cron(0 2 * * ? *)',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: { Arn: QUEUE, RoleArn: ROLE },
    }),
  );
  const { token } = (await state.readRunning()) ?? {};
  const drop = async (body: object, authorization = `Bearer ${token}`) => {
    const init = { method: 'POST', headers: { authorization }, body: JSON.stringify(body) };
    const response = await fetch(`${services.endpoint}/_belfry/drop`, init);
    return [response.status, await response.json()];
  };

  expect(await drop({ schedule: 'nightly', count: 1 }, 'Bearer other')).toMatchObject([401, {}]);
  expect(await drop({ schedule: 'nightly', count: 1 })).toEqual([200, null]);
  expect(await drop({ schedule: 'daily', count: 1 })).toEqual([
    400,
    { error: 'there is no schedule "daily"; there are: nightly; the nearest is "nightly"' },
  ]);
  expect(await drop({ schedule: 'nightly' })).toMatchObject([400, { error: expect.stringContaining('allowed is') }]);
});
