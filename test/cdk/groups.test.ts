import { Stack } from 'aws-cdk-lib';
import { expect, test } from 'vitest';
import { Belfry } from '../../lib/cdk/belfry.ts';
import { MOST_RESOURCES } from '../../lib/cdk/stack-size.ts';
import { defineJob, schedule } from '../../lib/entry/belfry.ts';
import { STAGES } from '../support/stages.ts';
import { createApp, jobFile, only, queueNamed, report, resourcesOf, synth, type Template } from './support.ts';

const invoice = defineJob('invoice', { run() {} });

function setup() {
  const app = createApp();
  const stacks = new Map<string, Stack>();
  new Belfry(new Stack(app, 'main'), 'Belfry', {
    app: 'shop',
    stage: 'dev',
    stages: STAGES,
    jobs: [jobFile(report), jobFile(invoice, 'billing')],
    schedules: { nightly: schedule(report, { every: '1 day' }), hourly: schedule(invoice, { every: '1 hour' }) },
    placeGroup: (group) => {
      const stack = new Stack(app, group);
      stacks.set(group, stack);
      return stack;
    },
  });
  const assembly = app.synth();
  const templateOf = (name: string): Template => assembly.getStackByName(name).template;
  return { main: templateOf('main'), billing: templateOf('billing'), assembly };
}

test('jobs of a folder stand in a stack of their own, with their schedules and a role to reach them', () => {
  const { main, billing } = setup();

  expect(only(main, 'AWS::Lambda::Function').Properties.FunctionName).toBe('shop-dev-report');
  expect(queueNamed(billing, 'shop-dev-invoice').Properties.VisibilityTimeout).toBe(480);
  expect(only(billing, 'AWS::Scheduler::Schedule').Properties.GroupName).toBe('shop-dev');
  expect(resourcesOf(billing, 'AWS::DynamoDB::Table')).toEqual([]);
});

test('the stack of a folder is deployed after the main one', () => {
  const { assembly } = setup();

  const dependencies = assembly.getStackByName('billing').dependencies.map(({ id }) => id);

  expect(dependencies).toContain('main');
});

test('a stack that grows too large says how to cut it', () => {
  const jobs = Array.from({ length: 40 }, (_, index) => defineJob(`job-${index}`, { run() {} }));
  const schedules = Object.fromEntries(jobs.map((job) => [job.name, schedule(job, { every: '1 day' })]));

  const grow = () => synth({ jobs: jobs.map((job) => jobFile(job)), schedules });

  expect(grow).toThrow(
    `allowed are ${MOST_RESOURCES}, about 38 jobs. Move jobs that belong together into functions/<group>/ folders: each is deployed as a stack of its own`,
  );
});

test('38 jobs fit into one stack', () => {
  const jobs = Array.from({ length: 35 }, (_, index) => defineJob(`job-${index}`, { run() {} }));
  const schedules = Object.fromEntries(jobs.map((job) => [job.name, schedule(job, { every: '1 day' })]));

  const { template } = synth({ jobs: jobs.map((job) => jobFile(job)), schedules });

  expect(Object.keys(template.Resources).length).toBeLessThanOrEqual(MOST_RESOURCES);
});
