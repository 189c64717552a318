import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CreateScheduleCommand, CreateScheduleGroupCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { afterAll, beforeAll, expect, type TestContext, test } from 'vitest';
import { systemClock } from '../../lib/clock.ts';
import { accountId, createBackends, defaultRegion, queueArn } from '../../lib/local/backends.ts';
import { startFront } from '../../lib/local/gateway/index.ts';
import { localClient } from '../../lib/local/local-client.ts';
import { createScheduler } from '../../lib/local/scheduler/index.ts';
import { queueTarget, servicesOf } from '../../lib/local/services.ts';
import { milliseconds } from '../../lib/units.ts';
import { Project } from './support/project.ts';

/** `belfry tick` at an endpoint that stores schedules and never fires them. */

let project: Project;

beforeAll(async () => {
  project = await Project.create();
}, 60_000);

afterAll(() => project.remove(), 60_000);

async function startEndpoint({ onTestFinished }: TestContext) {
  const backends = await createBackends();
  const scheduler = createScheduler({
    residence: { region: defaultRegion, account: accountId },
    clock: systemClock,
    target: queueTarget(backends.queues),
  });
  const callers = new Set<string | undefined>();
  const services = Object.entries(servicesOf(backends, scheduler)).map(([name, service]): [string, typeof service] => [
    name,
    (request) => {
      callers.add(/Credential=([^/]+)/.exec(request.headers.authorization ?? '')?.[1]);
      return service(request);
    },
  ]);
  const front = await startFront({
    services: Object.fromEntries(services),
    control: { token: 'secret', handlers: {} },
  });
  const api = new SchedulerClient(localClient(front.origin));
  onTestFinished(async () => {
    api.destroy();
    await front.close();
    await backends.close();
  });
  return { origin: front.origin, queues: backends.queues, api, callers };
}

test('tick fires what is deployed after its start, and leaves nothing after Ctrl-C', {
  timeout: 120_000,
}, async (context) => {
  const { origin, queues, api } = await startEndpoint(context);
  queues.ensure({ QueueName: 'reports' });
  const command = project.belfry(['tick'], { environment: { AWS_ENDPOINT_URL: origin } });

  await command.prints(`Belfry belfry-dev, firing the schedules at ${origin}, us-east-1; Ctrl-C ends it`);
  await command.prints('The group belfry-dev has no schedules there yet: waiting for them.');
  await api.send(new CreateScheduleGroupCommand({ Name: 'belfry-dev' }));
  await api.send(
    new CreateScheduleCommand({
      GroupName: 'belfry-dev',
      Name: 'often',
      ScheduleExpression: 'rate(1 day)', // due at once
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: {
        Arn: queueArn('reports', defaultRegion),
        RoleArn: `arn:aws:iam::${accountId}:role/scheduler`,
        Input: 'due <aws.scheduler.scheduled-time>',
      },
    }),
  );
  await command.prints(/new +often +rate\(1 day\) UTC/);
  await command.prints(/fired +often +due \d\d:\d\d:\d\d/);
  command.interrupt();

  expect(await command.end()).toMatchObject({ code: 0, signal: null, stderr: '' });
  await project.idle();
  const [message] = await queues.receive('reports', { max: 1, wait: milliseconds(0) });
  expect(message?.body).toMatch(/^due \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
});

test('tick --for ends by itself, and calls the endpoint as nobody whom a file or a profile knows', {
  timeout: 120_000,
}, async (context) => {
  const { origin, callers } = await startEndpoint(context);
  await mkdir(join(project.home, '.aws'));
  const file = '[default]\naws_access_key_id = CANARY\naws_secret_access_key = CANARY\n';
  for (const name of ['config', 'credentials']) await writeFile(join(project.home, '.aws', name), file);

  const { code } = await project
    .belfry(['tick', '--endpoint', origin, '--for', '1s'], {
      environment: {
        AWS_PROFILE: 'default',
        AWS_ACCESS_KEY_ID: 'CANARY',
        AWS_ENDPOINT_URL_SQS: 'http://canary.invalid',
      },
    })
    .end();

  expect({ code, callers: [...callers] }).toEqual({ code: 0, callers: ['test'] });
});

test.each([
  ['an endpoint of AWS', ['--endpoint', 'https://scheduler.eu-north-1.amazonaws.com'], 2, /This is AWS/],
  ['what is no URL', ['--endpoint', 'localhost'], 2, /http or https URL of an emulator/],
  [
    'an endpoint where nobody listens',
    ['--endpoint', 'http://127.0.0.1:9'],
    3,
    /at http:\/\/127\.0\.0\.1:9 .*--endpoint/,
  ],
] as const)('tick says what is wrong: %s', { timeout: 120_000 }, async (_case, args, code, message) => {
  const end = await project.belfry(['tick', ...args]).end();

  expect({ code: end.code, stdout: end.stdout }).toEqual({ code, stdout: '' });
  expect(end.stderr).toMatch(message);
  expect(end.stderr).not.toMatch(/^ +at /m);
});
