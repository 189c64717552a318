import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BelfryCommand, type CommandEnd } from './support/belfry-command.ts';

const REPOSITORY = join(import.meta.dirname, '../..');

/** Right by itself; two of them differ by the group of their schedule only. */
const template = (GroupName: string, queue: string) => ({
  Resources: {
    Schedule: {
      Type: 'AWS::Scheduler::Schedule',
      Properties: {
        ...{ Name: 'watchdog', GroupName, ScheduleExpression: 'rate(1 minute)', FlexibleTimeWindow: { Mode: 'OFF' } },
        Target: { Arn: 'arn:aws:sqs:us-east-1:111122223333:q', RoleArn: 'arn:aws:iam::111122223333:role/scheduler' },
      },
    },
    Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: queue } },
  },
});

describe('npm run test:templates, on two templates that cannot be deployed beside each other', () => {
  let folder = '';
  let end: CommandEnd;
  let isAvailable = false;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'belfry-colliding-'));
    await writeFile(join(folder, 'dev.template.json'), JSON.stringify(template('shop-dev', 'jobs')));
    await writeFile(join(folder, 'prod.template.json'), JSON.stringify(template('shop-prod', 'jobs')));
    const command = ['node', '--import', 'tsx', 'test/templates/main.ts', folder];
    end = await new BelfryCommand(command, { directory: REPOSITORY }).end();
    isAvailable = !end.stdout.includes('not run here:');
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('fails', ({ skip }) => {
    if (!isAvailable) skip('there is no Python here, or no PyPI');

    expect(end.code, end.stderr).toBe(1);
  });

  test.for(['cfn-lint', 'cloudformation-validate'])(
    '%s finds the two schedules, and finds each template right',
    (name, { skip }) => {
      if (!isAvailable) skip('there is no Python here, or no PyPI');

      expect(end.stdout).toMatch(new RegExp(`failed +${name} finds nothing without a reason in the merged templates`));
      expect(end.stdout).toMatch(new RegExp(`passed +${name} finds nothing without a reason in any template`));
      expect(end.stdout).toContain('E3019');
    },
  );

  test('two queues of one name are found, which linters do not see', ({ skip }) => {
    if (!isAvailable) skip('there is no Python here, or no PyPI');

    expect(end.stdout).toContain('AWS::SQS::Queue jobs: Queue of dev, Queue of prod');
  });
});
