import { describe, expect, test } from 'vitest';
import { SCHEDULE_FIELDS } from '../../lib/app/check-schedules.ts';
import { ZONE_CHANGES } from '../../lib/cron/zone-changes.ts';
import { defineJob } from '../../lib/entry/belfry.ts';
import { TIMEOUT_CHOICES } from '../../lib/job/on-timeout.ts';
import { OVERLAP_POLICIES } from '../../lib/job/overlap.ts';
import { BOUNDS, DEFAULTS, policyOf } from '../../lib/job/policy.ts';
import { DST_CHOICES, SCHEDULE_BOUNDS } from '../../lib/job/schedule-policy.ts';
import { WARNING_NAMES } from '../../lib/job/warnings.ts';
import { deliveryTimeouts, deployedTimeouts } from '../../lib/run/timeouts.ts';
import { epochMs, plus, toMilliseconds } from '../../lib/units.ts';
import { guides, readMarkdown, tableRows } from './markdown.ts';

const bare = (text: string): string => text.replaceAll('`', '');

interface Range {
  readonly min: string | number;
  readonly max: string | number;
}

const range = ({ min, max }: Range): string => `${min} – ${max}`;

/** The row of each field as the code has it: default, and what is allowed. */
const FIELDS: Readonly<Record<string, readonly [given: string, allowed: string]>> = {
  timeout: [DEFAULTS.timeout, range(BOUNDS.timeout)],
  'retry.maxAttempts': [String(DEFAULTS.maxAttempts), range(BOUNDS.maxAttempts)],
  'retry.backoff.initial': [DEFAULTS.backoff.initial, range(BOUNDS.backoff)],
  'retry.backoff.factor': [String(DEFAULTS.backoff.factor), range(BOUNDS.factor)],
  'retry.backoff.max': [DEFAULTS.backoff.max, range(BOUNDS.backoff)],
  onTimeout: [DEFAULTS.onTimeout, TIMEOUT_CHOICES.join(', ')],
  overlap: [DEFAULTS.overlap, OVERLAP_POLICIES.join(', ')],
  memory: [DEFAULTS.memory, `${BOUNDS.memory.min} MB – ${BOUNDS.memory.max} MB`],
  concurrency: [String(DEFAULTS.concurrency), range(BOUNDS.concurrency)],
  maxLateness: ["each schedule's own", range(SCHEDULE_BOUNDS.maxLateness)],
  retention: [DEFAULTS.retention, range(BOUNDS.retention)],
};

describe('a table of defaults and bounds', () => {
  const tables = guides().map((file) => ({ path: file.path, rows: tableRows(file, ['field', 'default', 'allowed']) }));

  test('stands in docs/architecture.md with every field', () => {
    const rows = tables.find(({ path }) => path === 'docs/architecture.md')?.rows ?? [];

    expect(rows.map(([field]) => field)).toEqual(Object.keys(FIELDS));
  });

  test.each(tables.flatMap(({ path, rows }) => rows.map((row) => ({ path, field: row[0] ?? '', row }))))(
    'in $path says of $field what the code does',
    ({ field, row }) => {
      expect(row.slice(1, 3)).toEqual(FIELDS[field]);
    },
  );

  test('leaves nothing out that has a default or a bound in the code', () => {
    const choices = ['onTimeout', 'overlap'];
    const known = ['timeout', 'maxAttempts', 'backoff', ...choices, 'memory', 'concurrency', 'retention'];

    expect(Object.keys(DEFAULTS)).toEqual(known);
    expect(Object.keys(BOUNDS).filter((name) => name !== 'factor')).toEqual(
      known.filter((name) => !choices.includes(name)),
    );
  });
});

describe('the table of settings in docs/time.md', () => {
  const rows = tableRows(readMarkdown('docs/time.md'), ['setting', 'default', 'allowed']);
  const cells = (setting: string): string => rows.find(([name]) => name === setting)?.join(' | ') ?? 'no such row';

  test('has every setting but when and the input', () => {
    const shown = rows.flatMap(([names = '']) => names.replaceAll('`', '').split(', '));

    expect([...SCHEDULE_FIELDS].sort()).toEqual(['cron', 'every', 'at', 'timezone', 'input', ...shown].sort());
  });

  test('has the bounds and choices of the code', () => {
    expect(cells('maxLateness')).toContain(range(SCHEDULE_BOUNDS.maxLateness));
    expect(cells('maxLateness')).toContain(range(SCHEDULE_BOUNDS.derivedLateness));
    expect(cells('catchUp')).toContain(range(SCHEDULE_BOUNDS.catchUp));
    expect(cells('spread')).toContain(range(SCHEDULE_BOUNDS.spread));
    for (const choice of DST_CHOICES) expect(cells('dst')).toContain(`'${choice}'`);
  });

  test('stands beside a table of every warning', () => {
    const warnings = tableRows(readMarkdown('docs/time.md'), ['warning', 'when', 'what to do']);

    expect(warnings.map(([name]) => name)).toEqual(WARNING_NAMES);
  });

  test('stands beside a table of every zone that has changed, with the release', () => {
    const rows = tableRows(readMarkdown('docs/time.md'), ['zones', 'changed', 'in']);

    expect(rows.map(([zones = '', , release]) => [zones.split(', ').map(bare).sort(), release])).toEqual(
      ZONE_CHANGES.map(({ zones, release }) => [[...zones].sort(), release]),
    );
  });
});

describe('the table of times in docs/guarantees.md', () => {
  const policy = policyOf(defineJob('default', { run: () => {} }));
  const deployed = deployedTimeouts(policy);
  const start = epochMs(0);
  const delivery = deliveryTimeouts(policy, start, plus(start, toMilliseconds(deployed.functionTimeout)));
  const seconds = (instant: number): string => `${instant / 1000} s`;

  test('has the numbers of the default job', () => {
    const rows = tableRows(readMarkdown('docs/guarantees.md'), ['time', 'formula', 'default job']);

    expect(Object.fromEntries(rows.map(([name, , value]) => [name, value]))).toEqual({
      'function timeout': `${deployed.functionTimeout} s`,
      'signal aborts': seconds(delivery.abortAt),
      'process ended': seconds(delivery.giveUpAt),
      'lease ends': seconds(delivery.leaseUntil),
      'message shows again': seconds(delivery.redeliverAt),
      'queue visibility': `${deployed.queueVisibility} s`,
      'receives before SQS moves it': String(deployed.maxReceiveCount),
    });
  });
});
