import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { describe, expect, test } from 'vitest';
import { checkApp } from '../../lib/app/check-app.ts';
import { InvalidAppError } from '../../lib/app/check-report.ts';
import { Belfry } from '../../lib/cdk/belfry.ts';
import { DEFAULT_GRACE, describeWatchdog } from '../../lib/cdk/watchdog.ts';
import { defineJob, schedule } from '../../lib/entry/belfry.ts';
import type { Duration } from '../../lib/job/duration.ts';
import type { Schedules } from '../../lib/job/schedule.ts';
import type { ChannelName } from '../../lib/job/stages.ts';
import { epochMs } from '../../lib/units.ts';
import { STAGES } from '../support/stages.ts';
import {
  createApp,
  jobFile,
  only,
  type Resource,
  report,
  resourcesOf,
  synth,
  type Template,
  watchdogOf,
} from './support.ts';

const invoice = defineJob('invoice', { retention: '100 days', run() {} });

/** The one resource of a type that the watchdog has. */
const its = (template: Template, type: string): Resource['Properties'] =>
  only(watchdogOf(template), type, () => true).Properties;

describe('the watchdog', () => {
  test('has what a job has, and one alarm instead of three', () => {
    const types = Object.values(watchdogOf(synth().template).Resources).map(({ Type }) => Type);

    expect(types.sort()).toEqual([
      'AWS::CloudWatch::Alarm',
      'AWS::IAM::Role',
      'AWS::Lambda::EventSourceMapping',
      'AWS::Lambda::Function',
      'AWS::Logs::LogGroup',
      'AWS::SQS::Queue',
      'AWS::SQS::Queue',
      'AWS::SQS::QueuePolicy',
      'AWS::Scheduler::Schedule',
    ]);
  });

  test('looks every minute, in UTC, by the role and in the group of all schedules', () => {
    const { template } = synth();

    const schedule = its(template, 'AWS::Scheduler::Schedule');

    expect(schedule).toMatchObject({
      Name: 'shop-dev-watchdog',
      GroupName: 'shop-dev',
      ScheduleExpression: 'cron(* * * * ? *)',
      ScheduleExpressionTimezone: 'UTC',
      State: 'ENABLED',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: { RetryPolicy: { MaximumEventAgeInSeconds: 600 } },
    });
    expect(JSON.parse(schedule.Target.Input)).toMatchObject({ job: 'watchdog', schedule: 'watchdog' });
    expect(schedule.Target.RoleArn).toEqual(only(template, 'AWS::Scheduler::Schedule').Properties.Target.RoleArn);
  });

  test('looks in a stage in which no other schedule is on', () => {
    const { template } = synth({ schedules: { nightly: schedule(report, { every: '1 day', enabled: ['prod'] }) } });

    expect(only(template, 'AWS::Scheduler::Schedule').Properties.State).toBe('DISABLED');
    expect(its(template, 'AWS::Scheduler::Schedule').State).toBe('ENABLED');
  });

  test('ends a look before the next but one is due', () => {
    const { Timeout, FunctionName } = its(synth().template, 'AWS::Lambda::Function');

    expect({ Timeout, FunctionName }).toEqual({ Timeout: 70, FunctionName: 'shop-dev-watchdog' });
  });

  test('rings when its function has had no invocation without an error for a quarter of an hour', () => {
    const alarm = its(synth().template, 'AWS::CloudWatch::Alarm');

    expect(alarm).toMatchObject({
      AlarmName: 'shop-dev-watchdog-silent',
      EvaluationPeriods: 3,
      DatapointsToAlarm: 3,
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
    });
    const [invocations, errors, passes] = alarm.Metrics;
    expect([invocations, errors].map(({ MetricStat }) => MetricStat)).toEqual(
      ['Invocations', 'Errors'].map((MetricName) => ({
        Metric: {
          Namespace: 'AWS/Lambda',
          MetricName,
          Dimensions: [{ Name: 'FunctionName', Value: 'shop-dev-watchdog' }],
        },
        Period: 300,
        Stat: 'Sum',
      })),
    );
    expect(passes.Expression).toBe('FILL(invocations, 0) - FILL(errors, 0)');
  });

  test('is not evaluated for half an hour after its creation, in which the rest is deployed', () => {
    const alarm = its(synth().template, 'AWS::CloudWatch::Alarm');

    expect(alarm.WarmUpConfiguration).toEqual({
      WarmUpPeriodDurationInMinutes: 30,
      OnlyStartEvaluatingAfterWarmUpPeriodEnds: true,
    });
  });
});

describe('to the user', () => {
  test('the watchdog is none of the jobs', () => {
    const names: string[] = [];
    const { outdir } = synth({}, (belfry) => {
      names.push(...belfry.jobNames);
      belfry.job(report).readsRuns();
    });

    const { jobs, watchdog, schedules } = JSON.parse(readFileSync(join(outdir, 'belfry.json'), 'utf8'));
    expect(names).toEqual(['report']);
    expect(jobs.map(({ name }: { name: string }) => name)).toEqual(['report']);
    expect(schedules.map(({ id }: { id: string }) => id)).toEqual(['nightly']);
    expect(watchdog).toMatchObject({ name: 'watchdog', group: '', resources: { queue: 'shop-dev-watchdog' } });
  });

  test('the watchdog can be given nothing', () => {
    const reach = () => synth({}, (belfry) => belfry.job(defineJob('watchdog', { run() {} })));
    const { template } = synth({}, (belfry) => belfry.defaults({ environment: { LOG_LEVEL: 'silent' } }));

    expect(reach).toThrow('infra/access.ts: job "watchdog" is in no file of functions/; there are: report');
    expect(its(template, 'AWS::Lambda::Function').Environment.Variables).not.toHaveProperty('LOG_LEVEL');
  });
});

const describedFor = (schedules: Schedules, grace: Duration = DEFAULT_GRACE, channels: readonly ChannelName[] = []) =>
  describeWatchdog(
    checkApp({
      deployment: { app: 'shop', stage: 'dev' },
      stages: STAGES,
      files: [jobFile(report), jobFile(invoice, 'billing')],
      schedules,
      now: epochMs(Date.parse('2026-06-01T12:00:00Z')),
      readCalendarFile: () => [],
    }),
    grace,
    channels,
  );

describe('what the watchdog knows', () => {
  test.each<[readonly ChannelName[], object]>([
    [[], {}],
    [['email'], { mailTopic: 'shop-dev-mail' }],
    [['slack'], { hasOtherChannels: true }],
    [['email', 'pagerDuty'], { mailTopic: 'shop-dev-mail', hasOtherChannels: true }],
  ])('of the channels %j is who needs a subscription', (channels, known) => {
    const { mailTopic, hasOtherChannels } = describedFor({}, DEFAULT_GRACE, channels).options.plan;

    expect({ mailTopic, hasOtherChannels }).toEqual({ mailTopic: undefined, hasOtherChannels: undefined, ...known });
  });

  const { plan } = describedFor({
    nightly: schedule(report, { cron: '0 2 13 * 5', timezone: 'Europe/Stockholm', catchUp: 'latest' }),
    elsewhere: schedule(report, { every: '1 hour', enabled: ['prod'] }),
    over: schedule(invoice, { at: '2026-06-01T11:59' }),
  }).options;

  test('is every schedule with its policy, and which are off or over', () => {
    const { catchUp, maxLateness } = plan.schedules[0]?.policy ?? {};

    expect(plan.schedules.map(({ id, job, enabled, isOver }) => [id, job, enabled, isOver])).toEqual([
      ['nightly', 'report', true, undefined],
      ['elsewhere', 'report', false, undefined],
      ['over', 'invoice', true, true],
      ['watchdog', 'watchdog', false, false],
    ]);
    expect(plan.schedules[0]).toMatchObject({
      expressions: ['cron(0 2 13 * ? *)', 'cron(0 2 ? * FRI *)'],
      timezone: 'Europe/Stockholm',
    });
    expect([catchUp, maxLateness]).toEqual([1, 86_400_000]);
  });

  test('is which queues each job has, how long its runs may wait, and how long its records are kept', () => {
    expect(plan.prefix).toBe('shop-dev');
    expect(plan.jobs).toEqual({
      report: {
        queue: 'shop-dev-report',
        deadLetterQueue: 'shop-dev-report-dlq',
        retention: 90 * 86_400_000,
        longestWait: 2_190_000,
        maxAttempts: 3,
      },
      invoice: {
        queue: 'shop-dev-invoice',
        deadLetterQueue: 'shop-dev-invoice-dlq',
        retention: 100 * 86_400_000,
        longestWait: 1_950_000,
        maxAttempts: 3,
      },
      watchdog: {
        queue: 'shop-dev-watchdog',
        deadLetterQueue: 'shop-dev-watchdog-dlq',
        retention: 2 * 86_400_000,
        longestWait: 2_330_000,
        maxAttempts: 5,
      },
    });
  });

  test('is of as many schedules as its state has room for', () => {
    const many = (count: number): Schedules =>
      Object.fromEntries(
        Array.from({ length: count }, (_, n) => [`hourly-${n}`, schedule(report, { cron: '0 * * * *' })]),
      );

    expect(describedFor(many(1000)).options.plan.schedules).toHaveLength(1001);
    expect(() => describedFor(many(3000))).toThrow(
      /^infra\/schedules\.ts: 3000 schedules are more than one deployment/,
    );
  });

  test('is the same after a round trip through its bundle', () => {
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });
});

describe('the grace', () => {
  test.each<{ grace: Duration | undefined; ms: number }>([
    { grace: undefined, ms: 180_000 },
    { grace: '1 minute', ms: 60_000 },
    { grace: '90 seconds', ms: 90_000 },
    { grace: '1 hour', ms: 3_600_000 },
  ])('of $grace is $ms ms', ({ grace, ms }) => {
    expect(describedFor({}, grace).options.plan.grace).toBe(ms);
  });

  test.each([
    ['59 seconds', '"59 seconds"'],
    ['61 minutes', '"61 minutes"'],
    ['3', '"3"'],
    [3, '3'],
    [null, 'null'],
  ])('of %j is refused, with what is allowed', (grace, quoted) => {
    const refusal = new InvalidAppError([
      `watchdogGrace ${quoted}: allowed are 1 minute to 1 hour, as a number and a unit, such as '10 minutes'; it is given as a property of Belfry, as context.watchdogGrace in cdk.json or as -c watchdogGrace=…`,
    ]);

    expect(() => synth({ watchdogGrace: grace as Duration })).toThrow(refusal);
  });
});

test('each deployment of an app has one of its own, in one stack or in two', () => {
  const app = createApp();
  const stacks = [new Stack(app, 'shared'), new Stack(app, 'alone')];
  const common = { jobs: [jobFile(report)], schedules: {}, stages: STAGES };
  new Belfry(stacks[0] as Stack, 'Dev', { app: 'shop', stage: 'dev', ...common });
  new Belfry(stacks[0] as Stack, 'Prod', { app: 'shop', stage: 'prod', ...common });
  new Belfry(stacks[1] as Stack, 'Belfry', { app: 'bakery', stage: 'dev', ...common });

  const assembly = app.synth();

  const functionsIn = (stack: string) =>
    resourcesOf(watchdogOf(assembly.getStackByName(stack).template), 'AWS::Lambda::Function').map(
      ({ Properties }) => Properties.FunctionName,
    );
  expect(functionsIn('shared')).toEqual(['shop-dev-watchdog', 'shop-prod-watchdog']);
  expect(functionsIn('alone')).toEqual(['bakery-dev-watchdog']);
});
