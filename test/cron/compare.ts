import { expect } from 'vitest';
import { readEventBridge, readWhen, type Timetable } from '../../lib/cron/index.ts';
import { epochMs, toIso } from '../../lib/units.ts';
import { dueAmong, type Reading, readClock, type Window } from './oracle.ts';

/** Where the engine and the scan disagree. */
export interface Difference {
  readonly expression: string;
  readonly timezone: string;
  readonly engine: string;
  readonly scan: string;
}

/** Reads either grammar: what stands in `cron(…)` as it is deployed, anything else as a user writes it. */
export const read = (expression: string, timezone: string): Timetable =>
  expression.startsWith('cron(') ? readEventBridge(expression, timezone) : readWhen({ cron: expression }, timezone);

/** How much was compared. */
export class Tally {
  cases = 0;
  dueTimes = 0;

  /** Prints it, and refuses less than there was when the test was written: half a scan proves half. */
  expectAtLeast(what: string, least: { readonly cases: number; readonly dueTimes: number }): void {
    // biome-ignore lint/suspicious/noConsole: how much was compared is worth as much as that nothing differed
    console.log(`${what}: ${this.cases} cases, ${this.dueTimes} due times compared`);
    expect(this.cases).toBeGreaterThanOrEqual(least.cases);
    expect(this.dueTimes).toBeGreaterThanOrEqual(least.dueTimes);
  }
}

/** A stretch of a zone's time whose clocks the oracle has read once, for any number of expressions. */
export interface ScannedWindow extends Window {
  readonly readings: readonly Reading[];
}

export const scanned = (window: Window): ScannedWindow => ({ ...window, readings: readClock(window) });

interface Expected {
  /** What the engine reads. */
  readonly expression: string;
  /** What the oracle reads, where it does not know the notation. */
  readonly meaning?: string;
  readonly tally: Tally;
}

/** The first due time in the window on which engine and scan disagree; undefined when there is none. */
export function differenceIn(
  window: ScannedWindow,
  { expression, meaning = expression, tally }: Expected,
): Difference | undefined {
  const { timezone, from, to, readings } = window;
  const timetable = read(expression, timezone);
  const expected = dueAmong(meaning, readings);
  tally.cases++;
  tally.dueTimes += expected.length;
  let index = 0;
  for (const due of timetable.between(epochMs(from), epochMs(to))) {
    if (due !== expected[index]) return told({ expression, timezone }, due, expected[index]);
    index++;
  }
  if (index < expected.length) return told({ expression, timezone }, undefined, expected[index]);
  return differenceOfNext(timetable, window, { expression, expected });
}

/** Asks for the next due time at the window's ends, and at and just before some due times. */
function differenceOfNext(
  timetable: Timetable,
  { timezone, from, to }: Window,
  { expression, expected }: { readonly expression: string; readonly expected: readonly number[] },
): Difference | undefined {
  const some = [0, expected.length >> 1, expected.length - 1].flatMap((index) => expected[index] ?? []);
  for (const after of [from, ...some.flatMap((due) => [due - 1, due])]) {
    const next = timetable.next(epochMs(after));
    const first = expected.find((due) => due > after);
    // What comes after the window, the scan does not know.
    if (first === undefined ? next !== undefined && next <= to : next !== first) {
      return told({ expression, timezone }, next, first);
    }
  }
  return undefined;
}

const told = (
  where: Pick<Difference, 'expression' | 'timezone'>,
  engine: number | undefined,
  scan: number | undefined,
): Difference => {
  const text = (due: number | undefined) => (due === undefined ? 'nothing' : toIso(epochMs(due)));
  return { ...where, engine: text(engine), scan: text(scan) };
};
