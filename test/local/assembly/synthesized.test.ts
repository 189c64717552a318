import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { WATCHDOG } from '../../../lib/job/names.ts';
import { type Assembly, loadAssembly } from '../../../lib/local/assembly/index.ts';
import { createAlarms, createJobNames } from '../../../lib/local/cloudwatch/index.ts';
import { epochMs } from '../../../lib/units.ts';
import { CDK_FLAGS, FIXTURE_APP } from '../../fixtures/fixture-app.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { createFolder, ORIGIN } from './fixture.ts';

/** The fixture's app, synthesized once. */
let assembly: Assembly;

beforeAll(() => {
  const directory = createFolder();
  execFileSync(process.execPath, ['--import', 'tsx', join(FIXTURE_APP, 'infra/app.ts')], {
    env: { ...process.env, CDK_OUTDIR: directory, CDK_CONTEXT_JSON: JSON.stringify(CDK_FLAGS) },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  assembly = loadAssembly(directory, { origin: ORIGIN });
});

test('has a function, a queue, its dead-letter queue and a mapping for every job of the manifest', () => {
  const names = assembly.manifest.jobs.map(({ resources }) => resources);

  expect(names.length).toBeGreaterThan(0);
  for (const resources of names) {
    expect(assembly.functions.map(({ name }) => name)).toContain(resources.function);
    expect(assembly.queues.map(({ name }) => name)).toEqual(
      expect.arrayContaining([resources.queue, resources.deadLetterQueue]),
    );
    expect(assembly.mappings).toContainEqual(
      expect.objectContaining({ functionName: resources.function, queueName: resources.queue, enabled: true }),
    );
    expect(assembly.logGroups).toContain(resources.logGroup);
  }
});

test('points every function to its bundle and to queues, table and topic as they are called here', () => {
  const { manifest, functions } = assembly;
  const heartbeat = manifest.jobs.find(({ name }) => name === 'heartbeat');
  const model = functions.find(({ name }) => name === heartbeat?.resources.function);

  expect(existsSync(join(model?.directory ?? '', 'index.mjs'))).toBe(true);
  expect(model?.environment).toMatchObject({
    BELFRY_TABLE: manifest.resources.table,
    BELFRY_QUEUE_URL: `${ORIGIN}/000000000000/${heartbeat?.resources.queue}`,
    BELFRY_DEAD_LETTER_QUEUE_URL: `${ORIGIN}/000000000000/${heartbeat?.resources.deadLetterQueue}`,
    BELFRY_ALERT_TOPIC_ARN: `arn:aws:sns:us-east-1:000000000000:${manifest.resources.alertTopic}`,
  });
});

test('has every schedule of the manifest, aimed at queues that are there', () => {
  const queues = assembly.queues.map(({ arn }) => arn);

  const users = assembly.schedules.filter(({ Name }) => Name !== `belfry-dev-${WATCHDOG}`);
  expect(users.length).toBe(assembly.manifest.schedules.flatMap(({ expressions }) => expressions).length);
  for (const { Target, GroupName } of assembly.schedules) {
    expect(queues).toContain(Target?.Arn);
    expect(queues).toContain(Target?.DeadLetterConfig?.Arn);
    expect(assembly.scheduleGroups).toContain(GroupName);
  }
});

test('can evaluate every alarm, and tell a topic that is there', () => {
  const alarms = createAlarms({
    clock: new VirtualClock(epochMs(0)),
    region: assembly.region,
    levelsOf: () => ({ visible: 0, inFlight: 0, delayed: 0, oldestAgeSeconds: 0 }),
    notify: async () => {},
    jobOf: createJobNames(assembly.manifest),
  });

  const unsupported = alarms.load(assembly.alarms, []);

  expect(unsupported).toEqual([]);
  expect(new Set(assembly.alarms.flatMap(({ actions }) => actions.ALARM))).toEqual(
    new Set(assembly.topics.map(({ arn }) => arn)),
  );
  expect(alarms.states().filter(({ job }) => job === 'heartbeat')).toHaveLength(3);
});
