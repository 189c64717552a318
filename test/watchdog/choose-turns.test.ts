import { describe, expect, test } from 'vitest';
import { type EpochMs, epochMs, plus } from '../../lib/units.ts';
import { shareOut, turnsOf } from '../../lib/watchdog/choose-turns.ts';
import type { Reading } from '../../lib/watchdog/open-runs.ts';
import type { OpenRun } from '../../lib/watchdog/ports.ts';
import type { RescueProgress } from '../../lib/watchdog/state.ts';
import { DUE, minutes } from '../support/requests.ts';

const LIMITS = { total: 10, each: 3 };

/** An index that is read in parts of so many rows: rows of `big`, with one of `small` behind them. */
class Index {
  rows: OpenRun[];
  progress: RescueProgress = { since: epochMs(0), until: plus(DUE, minutes(1)) };
  readonly #part: number;

  constructor(big: number, part: number) {
    const jobs = [...Array(big).fill('big'), 'small'];
    this.rows = jobs.map((job, index) => {
      const id = `${job}/2027-03-02T02:00Z/entry-${String(index).padStart(4, '0')}`;
      return { id, checkAt: DUE, position: `${String(index).padStart(4, '0')}` };
    });
    this.#part = part;
  }

  /** One pass. @returns the rows that it sends, by their places */
  pass(now: EpochMs, waiting: readonly string[] = []): readonly number[] {
    const { since, until, after } = this.progress;
    const place = after === undefined ? { since: until, until: now, from: '' } : { since, until, from: after };
    const rest = this.rows.filter(({ position }) => position > place.from);
    const rows = rest.slice(0, this.#part);
    const reading: Reading = { ...place, rows, end: rest.length > rows.length ? rows.at(-1)?.position : undefined };
    const turns = turnsOf(reading, this.progress.behind);
    const chosen = shareOut(turns, { reading, waiting: new Set(waiting), limits: LIMITS });
    this.progress = chosen.progress;
    return chosen.jobs.flatMap(({ rows: sent }) => sent.map(({ position }) => Number(position)));
  }
}

describe.each([
  ['whole', 1000],
  ['in parts of five rows', 5],
  ['in parts of seven rows', 7],
  ['in parts of one row', 1],
])('an index that is read %s', (_how, part) => {
  test('has each row sent once for a turn, whatever a pass leaves for the next', () => {
    const index = new Index(20, part);
    const sent: number[] = [];
    // All within the second and the fourth minute: one turn.
    for (let pass = 0; pass < 200; pass++) sent.push(...index.pass(epochMs(plus(DUE, minutes(2)) + pass)));

    expect(sent.toSorted((one, other) => one - other)).toEqual(Array.from({ length: 21 }, (_, place) => place));
    expect(index.progress).not.toHaveProperty('behind');
  });

  test('has all rows of a job sent that waited for its queue', () => {
    const index = new Index(20, part);
    const sent: number[] = [];
    for (let pass = 0; pass < 60; pass++) {
      const now = epochMs(plus(DUE, minutes(2)) + pass);
      sent.push(...index.pass(now, pass < 30 ? ['big'] : []));
      if (pass === 29) expect(new Set(sent)).toEqual(new Set([20]));
    }
    for (let pass = 60; pass < 300; pass++) sent.push(...index.pass(epochMs(plus(DUE, minutes(2)) + pass)));

    expect(new Set(sent).size).toBe(21);
    expect(index.progress).not.toHaveProperty('behind');
  });

  test('goes on in the right place when the rows before it are gone', () => {
    const index = new Index(20, part);
    const sent = new Set<number>();
    for (let pass = 0; pass < 400; pass++) {
      for (const place of index.pass(epochMs(plus(DUE, minutes(2)) + pass))) {
        sent.add(place);
        index.rows = index.rows.filter(({ position }) => Number(position) !== place);
      }
    }

    expect(sent.size).toBe(21);
    expect(index.progress).not.toHaveProperty('behind');
  });
});

test('the places of a hundred jobs are kept, and no more', () => {
  const rows = Array.from({ length: 600 }, (_, index): OpenRun => {
    const id = `job-${index % 150}/2027-03-02T02:00Z/entry-${index}`;
    return { id, checkAt: DUE, position: String(index).padStart(4, '0') };
  });
  const reading = { rows, since: DUE, until: plus(DUE, minutes(3)), from: '' };

  const { progress } = shareOut(turnsOf(reading), { reading, waiting: new Set(), limits: { total: 150, each: 1 } });

  expect(Object.keys(progress.behind ?? {})).toHaveLength(100);
});
