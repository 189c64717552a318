import { HOUR } from '../../../lib/units.ts';
import { alternate, type Measure, type Measured, type Row, type Sample } from '../figures.ts';
import { dueBetween, ENGINES, type Engine, type Next } from '../support/cron-engines.ts';

const ROUNDS = 31;
const CALLS = 25;
const START = Date.UTC(2027, 2, 1);
const NAMES: Readonly<Record<Engine, string>> = { belfry: 'Belfry', croner: 'croner', cronParser: 'cron-parser' };

const CASES: readonly (readonly [cron: string, timezone: string])[] = [
  ['0 2 * * *', 'UTC'],
  ['30 7 * * 1-5', 'Europe/Berlin'],
  ['*/5 * * * *', 'America/New_York'],
  ['0 0 29 2 *', 'UTC'],
  ['0 0 29 2 *', 'Europe/Berlin'],
];

export const nextDue: Measure = {
  name: 'next-due',
  title: 'The next due time of a cron',
  async measure(): Promise<Measured> {
    const rows: Row[] = [];
    for (const [cron, timezone] of CASES)
      rows.push(...rowsOf(`${cron} in ${timezone}`, await askAgain(cron, timezone)));
    rows.push(...rowsOf('read and asked once, in a zone new to the process', await askFirst()));
    return {
      rows,
      notes: [
        `${CALLS} calls in a row, each from the answer before: ${sameAnswers()}. No part of Belfry uses the other two.`,
        'New zones: each zone is asked by one library only, and all three have run before.',
        'Where clocks change they do not all agree; EventBridge skips what a gap holds and takes of a repeat the first:',
        ...CHANGES.flatMap(answersAt),
      ],
    };
  },
};

const rowsOf = (what: string, took: Readonly<Record<Engine, Sample>>): Row[] =>
  (['croner', 'cronParser'] as const).map((other) => ({
    what,
    unit: 'µs',
    belfry: took.belfry,
    baseline: { what: NAMES[other], sample: took[other] },
  }));

function askAgain(cron: string, timezone: string): Promise<Readonly<Record<Engine, Sample>>> {
  const take = (engine: Engine) => {
    const next = ENGINES[engine](cron, timezone);
    return () => microsecondsOf(CALLS, () => dueInARow(next));
  };
  return alternate(ROUNDS, { belfry: take('belfry'), croner: take('croner'), cronParser: take('cronParser') });
}

function dueInARow(next: Next): number[] {
  const due: number[] = [];
  for (let at = START; due.length < CALLS; due.push(at)) at = next(at);
  return due;
}

/** A speed says something only beside the speed of the same answer. */
function sameAnswers(): string {
  const differing = CASES.filter(([cron, timezone]) => {
    const answers = Object.values(ENGINES).map((engine) => dueInARow(engine(cron, timezone)).join());
    return new Set(answers).size > 1;
  });
  if (differing.length === 0) return 'all three answer the same';
  return `they differ at ${differing.map(([cron, timezone]) => `${cron} in ${timezone}`).join(' and ')}`;
}

function askFirst(): Promise<Readonly<Record<Engine, Sample>>> {
  const zones = Intl.supportedValuesOf('timeZone');
  const take = (engine: Engine) => () => {
    const timezone = zones.pop();
    if (timezone === undefined) throw new Error('there are no more zones');
    return microsecondsOf(1, () => ENGINES[engine]('30 7 * * 1-5', timezone)(START));
  };
  const rounds = Math.floor(zones.length / 3) - 1;
  return alternate(rounds, { belfry: take('belfry'), croner: take('croner'), cronParser: take('cronParser') });
}

function microsecondsOf(calls: number, action: () => void): number {
  const startedAt = performance.now();
  action();
  return ((performance.now() - startedAt) * 1000) / calls;
}

/** Days on which clocks change, with crons that the change falls among. */
const CHANGES = [
  { cron: '30 2 * * *', timezone: 'Europe/Berlin', day: Date.UTC(2027, 2, 28), what: 'clocks skip 02:30' },
  { cron: '30 2 * * *', timezone: 'Europe/Berlin', day: Date.UTC(2027, 9, 31), what: 'clocks show 02:30 twice' },
  { cron: '30 2 * * *', timezone: 'America/New_York', day: Date.UTC(2027, 2, 14), what: 'clocks skip 02:30' },
  { cron: '30 1 * * *', timezone: 'America/New_York', day: Date.UTC(2027, 10, 7), what: 'clocks show 01:30 twice' },
  { cron: '30 0-4 * * *', timezone: 'Europe/Berlin', day: Date.UTC(2027, 2, 28), what: 'clocks skip 02:30' },
  { cron: '30 0-4 * * *', timezone: 'Europe/Berlin', day: Date.UTC(2027, 9, 31), what: 'clocks show 02:30 twice' },
] as const;

/** What each says is due in such a night: speeds compare only where answers are the same. */
function answersAt({ cron, timezone, day, what }: (typeof CHANGES)[number]): string[] {
  const answerOf = (engine: Engine): string =>
    dueBetween(ENGINES[engine](cron, timezone), day - 4 * HOUR, day + 12 * HOUR)
      .map((at) => new Date(at).toISOString().slice(11, 16))
      .join(' ') || 'nothing';
  const answers = (Object.keys(NAMES) as Engine[]).map((engine) => `${NAMES[engine]}: ${answerOf(engine)}`);
  const date = new Date(day).toISOString().slice(0, 10);
  return [`${cron} in ${timezone} on ${date}, when ${what}; due by UTC:`, `  ${answers.join('; ')}`];
}
