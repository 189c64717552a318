import { CreateScheduleCommand, CreateScheduleGroupCommand } from '@aws-sdk/client-scheduler';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accountId, defaultRegion, queueArn } from '../../lib/local/backends.ts';
import { milliseconds } from '../../lib/units.ts';
import { Project } from './support/project.ts';
import { startEndpoint } from './support/schedule-endpoint.ts';

/** `belfry tick` at an endpoint that stores schedules and never fires them. */

let project: Project;

beforeAll(async () => {
  project = await Project.create();
});

afterAll(() => project.remove());

test('tick fires what is deployed after its start, and leaves nothing after Ctrl-C', async (context) => {
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

test.each([
  ['an endpoint of AWS', ['--endpoint', 'https://scheduler.eu-north-1.amazonaws.com'], 2, /This is AWS/],
  ['what is no URL', ['--endpoint', 'localhost'], 2, /http or https URL of an emulator/],
  [
    'an endpoint where nobody listens',
    ['--endpoint', 'http://127.0.0.1:9'],
    3,
    /at http:\/\/127\.0\.0\.1:9 .*--endpoint/,
  ],
] as const)('tick says what is wrong: %s', async (_case, args, code, message) => {
  const end = await project.belfry(['tick', ...args]).end();

  expect({ code: end.code, stdout: end.stdout }).toEqual({ code, stdout: '' });
  expect(end.stderr).toMatch(message);
  expect(end.stderr).not.toMatch(/^ +at /m);
});
