import { describe, expect, test } from 'vitest';
import { defineJob, schedule } from '../../../lib/entry/belfry.ts';
import { policyOf } from '../../../lib/job/policy.ts';
import type { AlertSettings, StageSettings } from '../../../lib/job/stages.ts';
import { readMarkdown, tableRows } from '../../docs/markdown.ts';
import { jobFile, resourcesOf, synth, withoutWatchdog } from '../support.ts';
import { PASS, PASS_SECONDS, RUN, RUN_SECONDS } from './per-run.ts';
import { add, dollarsFor, PRICES, type Priced, priceOf, times, type Usage } from './prices.ts';
import { type MonthlyUsage, monthlyUsage } from './usage.ts';

const POLICY = policyOf(defineJob('report', { run() {} }));

/** An app whose jobs run every hour. */
function deploy(count: number, settings: StageSettings = {}) {
  const jobs = Array.from({ length: count }, (_, index) => defineJob(`job-${index}`, { run() {} }));
  const schedules = Object.fromEntries(jobs.map((job) => [job.name, schedule(job, { every: '1 hour' })]));
  const { template } = synth({ jobs: jobs.map((job) => jobFile(job)), schedules, stages: { dev: settings } });
  return { template, hasDurations: settings.metrics?.durations === true };
}

const usageOf = (count: number, settings?: StageSettings): MonthlyUsage => monthlyUsage(deploy(count, settings));
const totalOf = ({ atRest, checks, inUse }: MonthlyUsage): number => dollarsFor(add(atRest, checks, inUse));
const combine = (one: MonthlyUsage, other: MonthlyUsage, factor: number): MonthlyUsage => ({
  atRest: add(one.atRest, times(other.atRest, factor)),
  checks: add(one.checks, times(other.checks, factor)),
  inUse: add(one.inUse, times(other.inUse, factor)),
});

const TEN = 10;
const ten = usageOf(TEN);
/** What one job more uses. */
const marginal = combine(usageOf(TEN + 1), ten, -1);
const shared = combine(ten, marginal, -TEN);

describe('ten jobs that run every hour', () => {
  test('send no custom metric as long as nothing fails, is skipped or missed', () => {
    expect(ten.atRest.customMetric).toBe(0);
  });

  test('cost at most 0.90 dollars a job and month with all that they share', () => {
    expect(totalOf(ten) / TEN).toBeLessThanOrEqual(0.9);
  });

  test('cost at most 0.68 dollars more for one more of them', () => {
    expect(totalOf(marginal)).toBeLessThanOrEqual(0.68);
  });

  test('have three alarms each, of which the one for failures reads two metrics', () => {
    const alarms = resourcesOf(withoutWatchdog(deploy(1).template), 'AWS::CloudWatch::Alarm')
      .filter(({ Properties }) => Properties.AlarmName.startsWith('shop-dev-job-0-'))
      .map(({ Properties }) => Properties);

    expect(alarms.map(({ AlarmName }) => AlarmName.replace('shop-dev-job-0-', '')).sort()).toEqual([
      'dead-letters',
      'failed',
      'slow',
    ]);
    expect(marginal.atRest.alarm).toBe(4);
  });
});

/** The alarms of the alerts function, and its queue. */
const CHANNEL = { alarm: 2, message: 648_000 };
/** The same alarms, and one for events that are late. */
const EVENTS = { alarm: CHANNEL.alarm + 1 };

describe('an option that costs money', () => {
  const more = (settings: StageSettings): Usage => combine(usageOf(TEN, settings), ten, -1).atRest;
  const only = (usage: Usage): Usage =>
    Object.fromEntries(Object.entries(usage).filter(([, quantity]) => Math.abs(quantity) > 1e-9));

  test('of metrics of durations is two custom metrics a job', () => {
    expect(only(more({ metrics: { durations: true } }))).toEqual({ customMetric: 2 * TEN });
  });

  test.each<{ what: string; alerts: AlertSettings; usage: Usage }>([
    { what: 'e-mail', alerts: { email: ['oncall@example.com'] }, usage: CHANNEL },
    { what: 'Slack', alerts: { slack: { url: { ssm: '/alerts/slack' } } }, usage: CHANNEL },
    { what: 'events', alerts: { eventBridge: {} }, usage: EVENTS },
  ])('of alerts by $what is what its function needs', ({ alerts, usage }) => {
    expect(only(more({ alerts }))).toEqual(usage);
  });

  test('of a dashboard is the dashboard, and no metric', () => {
    expect(only(more({ dashboard: true }))).toEqual({ dashboard: 1 });
  });

  test('of a shared key saves the key of the stage', () => {
    expect(only(more({ alertKey: 'arn:aws:kms:eu-north-1:111122223333:key/1234abcd' }))).toEqual({ key: -1 });
  });
});

describe('docs/costs.md', () => {
  const costs = readMarkdown('docs/costs.md');
  const rows = (...header: string[]) => tableRows(costs, header).map((cells) => cells.slice(1));
  const row = (what: Priced, quantity: number | undefined) => [
    count(quantity ?? 0),
    price(what),
    dollars(priceOf(what, quantity ?? 0)),
  ];
  const sum = (usage: Usage) => ['', '', dollars(dollarsFor(usage))];
  const total = (usage: MonthlyUsage) => ['', '', `**${dollars(totalOf(usage))}**`];

  test('says what one job more costs', () => {
    expect(rows('for each hourly job', 'a month', 'price', 'dollars')).toEqual([
      row('alarm', marginal.atRest.alarm),
      row('message', marginal.atRest.message),
      sum(marginal.checks),
      sum(marginal.inUse),
      total(marginal),
    ]);
  });

  test('says what the jobs of a stage share', () => {
    expect(rows('for each stage', 'a month', 'price', 'dollars')).toEqual([
      row('key', shared.atRest.key),
      row('alarm', shared.atRest.alarm),
      row('message', shared.atRest.message),
      sum(shared.checks),
      sum(shared.inUse),
      total(shared),
    ]);
  });

  test('says what a run and a pass use, and at which price', () => {
    const used = Object.keys(RUN) as Priced[];
    const gigabytes = POLICY.memory / 1024;

    expect(rows('what', 'a run', 'a pass', 'price')).toEqual([
      ...used.map((what) => [count(RUN[what] ?? 0), count(PASS[what] ?? 0), price(what)]),
      [String(gigabytes * RUN_SECONDS), String(gigabytes * PASS_SECONDS), price('compute')],
    ]);
  });

  test('says what options cost', () => {
    expect(rows('option', 'more or less')).toEqual([
      [`${dollars(priceOf('customMetric', 2))} for each hourly job`],
      [dollars(dollarsFor(CHANNEL))],
      [dollars(priceOf('alarm', EVENTS.alarm))],
      [dollars(priceOf('dashboard', 1))],
      [`−${dollars(priceOf('key', 1))}`],
    ]);
  });

  test.each(['README.md', 'docs/costs.md'])('and %s give both figures, and that of an idle queue', (path) => {
    const text = readMarkdown(path).lines.join(' ');

    expect(text).toContain(`${dollars(totalOf(ten) / TEN)} a job`);
    expect(text).toContain(`${dollars(totalOf(marginal))} for one more`);
    expect(text).toContain(
      `${dollars(priceOf('message', marginal.atRest.message ?? 0))} to poll its queue, busy or idle`,
    );
  });
});

const count = (quantity: number): string => Math.round(quantity).toLocaleString('en-US');
const dollars = (amount: number): string => `$${amount.toFixed(2)}`;

function price(what: Priced): string {
  const { dollars: amount, per, unit } = PRICES[what];
  if (per === 1) return `$${amount < 0.01 ? amount : amount.toFixed(2)} a ${unit}`;
  return `$${amount} for ${per.toLocaleString('en-US')} ${unit}s`;
}
