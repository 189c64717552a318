import { Stack } from 'aws-cdk-lib';
import { describe, expect, test } from 'vitest';
import { Belfry } from '../../lib/cdk/belfry.ts';
import {
  type DashboardContent,
  dashboardBody,
  MAX_ALARMS,
  MAX_LINES,
  MAX_LOG_GROUPS,
  tooLarge,
} from '../../lib/cdk/dashboard/body.ts';
import { defineJob, schedule } from '../../lib/entry/belfry.ts';
import { jobNames, stageNames } from '../../lib/job/names.ts';
import { EVENTS, type EventRow } from '../../lib/observe/events.ts';
import { here, textOf } from './policies.ts';
import { createApp, jobFile, only, report, resourcesOf, synth, type Template } from './support.ts';

const invoice = defineJob('invoice', { run() {} });

const twoJobs = (isShown: boolean): Template =>
  synth({
    jobs: [jobFile(report), jobFile(invoice)],
    schedules: { nightly: schedule(report, { cron: '0 2 * * *' }) },
    stages: { dev: { dashboard: isShown } },
  }).template;

interface Body {
  readonly widgets: readonly {
    readonly type: string;
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
    // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever a widget has
    readonly properties: any;
  }[];
}

const bodyIn = (template: Template): Body =>
  JSON.parse(textOf(only(template, 'AWS::CloudWatch::Dashboard').Properties.DashboardBody));

const DEPLOYMENT = { app: 'shop', stage: 'dev' };

/** Of so many jobs, with names as long as they may be. */
function contentOf(count: number): DashboardContent {
  const names = Array.from({ length: count }, (_, index) => `job-${String(index).padStart(4, '0')}`.padEnd(40, 'x'));
  const long = { app: 'a'.repeat(12), stage: 's'.repeat(12) };
  const jobOf = (name: string) => ({ name, names: jobNames(long, name) });
  return {
    stage: long.stage,
    names: stageNames(long),
    jobs: names.map(jobOf),
    watchdog: jobOf('watchdog'),
    queues: {
      deadLetters: [...names, 'watchdog', 'undelivered'].map((name) => `${'a'.repeat(12)}-${'s'.repeat(12)}-${name}`),
      waiting: [...names, 'watchdog'].map((name) => `${'a'.repeat(12)}-${'s'.repeat(12)}-${name}`),
    },
    alarms: names.flatMap((name) => ['failed', 'slow', 'dead-letters'].map((suffix) => `arn:${name}-${suffix}`)),
    region: 'eu-north-1',
  };
}

const queriesOf = ({ widgets }: Body): readonly string[] =>
  widgets.filter(({ type }) => type === 'log').map(({ properties }) => properties.query);
const sourcesOf = (query: string): readonly string[] =>
  [...query.matchAll(/SOURCE '([^']+)'/g)].map(([, group = '']) => group);
const metricsOf = ({ widgets }: Body): readonly (readonly [string, string, string, string, { label: string }])[] =>
  widgets.filter(({ type }) => type === 'metric').flatMap(({ properties }) => properties.metrics);

describe('a stage', () => {
  test('has one resource more with a dashboard, and all others unchanged', () => {
    const { Resources } = twoJobs(true);
    const added = Object.entries(Resources).filter(([, { Type }]) => Type === 'AWS::CloudWatch::Dashboard');

    expect(added.map(([, { Properties }]) => Properties.DashboardName)).toEqual(['shop-dev']);
    const others = Object.entries(Resources).filter(([id]) => id !== added[0]?.[0]);
    expect(Object.fromEntries(others)).toEqual(twoJobs(false).Resources);
  });

  test('whose jobs are in several stacks has one dashboard of all, which needs no export of theirs', () => {
    const app = createApp();
    new Belfry(new Stack(app, 'main'), 'Belfry', {
      ...DEPLOYMENT,
      stages: { dev: { dashboard: true } },
      jobs: [jobFile(report), jobFile(invoice, 'billing')],
      schedules: {},
      placeGroup: (group) => new Stack(app, group),
    });
    const assembly = app.synth();
    const [main, billing] = ['main', 'billing'].map((name): Template => assembly.getStackByName(name).template);
    if (main === undefined || billing === undefined) throw new Error('a stack is missing');

    const logGroups = [main, billing].flatMap((each) => resourcesOf(each, 'AWS::Logs::LogGroup'));
    expect([...sourcesOf(queriesOf(bodyIn(main))[0] ?? '')].sort()).toEqual(
      logGroups.map(({ Properties }) => Properties.LogGroupName).sort(),
    );
    expect(resourcesOf(billing, 'AWS::CloudWatch::Dashboard')).toEqual([]);
    expect(billing.Outputs).toBeUndefined();
  });
});

describe('the dashboard shows', () => {
  const template = twoJobs(true);
  const body = bodyIn(template);
  const named = (type: string, property: string): readonly string[] =>
    resourcesOf(template, type).map(({ Properties }) => Properties[property]);

  test('every alarm of the deployment, and no other', () => {
    const shown = body.widgets.filter(({ type }) => type === 'alarm').flatMap(({ properties }) => properties.alarms);

    expect([...shown].sort()).toEqual(
      named('AWS::CloudWatch::Alarm', 'AlarmName')
        .map((name) => `${here('cloudwatch')}:alarm:${name}`)
        .sort(),
    );
  });

  test('lines of log groups that the deployment has, in its own region', () => {
    const logGroups = named('AWS::Logs::LogGroup', 'LogGroupName');

    expect(queriesOf(body).length).toBeGreaterThan(0);
    for (const query of queriesOf(body)) expect([...sourcesOf(query)].sort()).toEqual([...logGroups].sort());
    const regions = body.widgets.flatMap(({ properties }) => properties.region ?? []);
    expect(new Set(regions)).toEqual(new Set(['<AWS::Region>']));
  });

  test('metrics of AWS only, of queues and functions that the deployment has', () => {
    const own = {
      QueueName: named('AWS::SQS::Queue', 'QueueName'),
      FunctionName: named('AWS::Lambda::Function', 'FunctionName'),
    };

    for (const [namespace, , dimension, value] of metricsOf(body)) {
      expect(namespace).toMatch(/^AWS\/(SQS|Lambda)$/);
      expect(own[dimension as keyof typeof own]).toContain(value);
    }
    const shown = (metric: string) => metricsOf(body).flatMap(([, name, , value]) => (name === metric ? [value] : []));
    // Each queue is in one of the two: what has failed, and what waits.
    const queues = [...shown('ApproximateNumberOfMessagesVisible'), ...shown('ApproximateAgeOfOldestMessage')];
    expect(queues.sort()).toEqual([...own.QueueName].sort());
    expect(shown('Duration').sort()).toEqual(['shop-dev-invoice', 'shop-dev-report']);
  });

  test('each widget under a title with its unit, beside no other', () => {
    const cells = new Set<string>();
    for (const { x, y, width, height, type, properties } of body.widgets) {
      expect(x + width).toBeLessThanOrEqual(24);
      for (let column = x; column < x + width; column++) {
        for (let row = y; row < y + height; row++) {
          expect(cells).not.toContain(`${column},${row}`);
          cells.add(`${column},${row}`);
        }
      }
      if (type !== 'text') expect(properties.title).toMatch(/^[A-Z][a-z]/);
      if (type === 'metric') expect(properties.yAxis.left.label).toMatch(/^(messages|seconds|milliseconds)$/);
    }
  });

  test('what the one on call looks for, most urgent first', () => {
    expect(body.widgets.map(({ properties }) => properties.title)).toEqual([
      undefined,
      'Alarms',
      'Runs by outcome, each hour',
      'Duration of completed runs in seconds, median and p95',
      'Start after the due time in seconds, median, p95 and longest',
      'Dead letters',
      'Age of the oldest message that waits or runs',
      'Runs by job',
      'Duration and start delay by job, in seconds',
      'Duration of invocations by job, p95',
      'Runs that failed last',
      'Due times missed last',
    ]);
  });
});

test('the dashboard of a stage whose alerts go to channels has their queue, its dead letters and their alarms', () => {
  const stages = { dev: { dashboard: true, alerts: { slack: { url: { ssm: '/alerts/slack' } } } } };
  const { template } = synth({ stages });

  const body = bodyIn(template);
  const names = (type: string, property: string) =>
    resourcesOf(template, type).map(({ Properties }) => Properties[property]);
  const queues = metricsOf(body).flatMap(([, , dimension, value]) => (dimension === 'QueueName' ? [value] : []));
  expect([...queues].sort()).toEqual(names('AWS::SQS::Queue', 'QueueName').sort());
  expect(queues).toContain('shop-dev-alerts');
  for (const name of names('AWS::CloudWatch::Alarm', 'AlarmName')) expect(JSON.stringify(body)).toContain(`:${name}"`);
});

describe('a query', () => {
  const WORDS = new Set(
    'SOURCE filter fields stats sort limit by as in and desc asc sum max pct bin strcontains h'.split(' '),
  );
  /** What CloudWatch Logs gives every line, and the logger the text of each. */
  const OF_EVERY_LINE = ['@timestamp', 'event', 'message'];

  test.each(queriesOf(bodyIn(twoJobs(true))).map((query) => ({ query })))(
    'asks for fields that the lines of its events have: $query',
    ({ query }) => {
      const [, events = ''] = /filter event in \[(.*?)\]/.exec(query) ?? [];
      const rows = [...events.matchAll(/"([^"]+)"/g)].map(
        ([, event = '']) => (EVENTS as Record<string, EventRow>)[event],
      );
      const aliases = [...query.matchAll(/ as (\w+)/g)].map(([, alias = '']) => alias);

      expect(rows).not.toContain(undefined);
      const fields = new Set(rows.flatMap((row) => row?.fields ?? []) as string[]);
      const asked = query
        .replaceAll(/"[^"]*"|'[^']*'/g, '')
        .match(/[@A-Za-z_][\w.]*/g)
        ?.map((word) => word.replace(/^error\.(name|code|at)$/, 'error'))
        .filter((word) => !WORDS.has(word) && !aliases.includes(word) && !OF_EVERY_LINE.includes(word));
      expect(asked?.filter((word) => !fields.has(word))).toEqual([]);
      expect(asked?.length).toBeGreaterThan(0);
    },
  );

  test('takes only lines that Belfry wrote, whose message is the name of the event', () => {
    for (const query of queriesOf(bodyIn(twoJobs(true)))) {
      const [, events, messages] = /filter event in (\[.*?\]) and message in (\[.*?\])/.exec(query) ?? [];
      expect(events).toBeDefined();
      expect(messages).toBe(events);
    }
  });

  test('is about no pass of the watchdog, whose log group it reads', () => {
    for (const query of queriesOf(bodyIn(twoJobs(true)))) {
      expect(sourcesOf(query)).toContain('/aws/lambda/shop-dev-watchdog');
      expect(query).toContain('filter job in ["invoice", "report"]');
    }
  });
});

describe('the dashboard of many jobs', () => {
  const content = contentOf(160);
  const body: Body = dashboardBody(content);

  test('has queries over at most 50 log groups and within 10,000 characters, each job in one of a kind', () => {
    for (const query of queriesOf(body)) {
      expect(sourcesOf(query).length).toBeLessThanOrEqual(MAX_LOG_GROUPS);
      expect(query.length).toBeLessThanOrEqual(10_000);
    }
    const outcomes = queriesOf(body).filter((query) => query.includes('is_completed') && query.includes('bin('));
    const jobs = outcomes.flatMap((query) => sourcesOf(query)).filter((group) => !group.endsWith('-watchdog'));
    expect(jobs).toEqual(content.jobs.map(({ names }) => names.logGroup));
  });

  test('has charts and lists of alarms that CloudWatch takes, with nothing left out', () => {
    for (const { properties } of body.widgets) {
      expect(properties.metrics?.length ?? 0).toBeLessThanOrEqual(MAX_LINES);
      expect(properties.alarms?.length ?? 0).toBeLessThanOrEqual(MAX_ALARMS);
    }
    expect(body.widgets.flatMap(({ properties }) => properties.alarms ?? [])).toEqual(content.alarms);
    // Two queues of each job and of the watchdog, the undelivered queue, and each job's function.
    expect(metricsOf(body)).toHaveLength(2 * 161 + 1 + 160);
  });

  test('says in its titles of which jobs each part is', () => {
    const titles = body.widgets.map(({ properties }) => properties.title).filter((title) => title !== undefined);

    expect(new Set(titles).size).toBe(titles.length);
  });

  test('is refused beyond what CloudWatch takes', () => {
    const huge = contentOf(840);

    expect(tooLarge(dashboardBody(content), content)).toEqual([]);
    expect(tooLarge(dashboardBody(huge), huge)).toEqual([
      expect.stringMatching(
        /^infra\/stages\.ts: stage "s{12}": the dashboard of 840 jobs has \d+ widgets and 2523 metrics; CloudWatch takes 500 and 2500\. Leave out dashboard/,
      ),
    ]);
  });
});
