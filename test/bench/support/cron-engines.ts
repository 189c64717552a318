import { CronExpressionParser } from 'cron-parser';
import { Cron } from 'croner';
import { readWhen } from '../../../lib/cron/index.ts';
import { epochMs } from '../../../lib/units.ts';

/** First due time after an instant, both in epoch milliseconds. */
export type Next = (after: number) => number;

export type Engine = 'belfry' | 'croner' | 'cronParser';

/** Reads five-field cron, each by its own library. */
export const ENGINES: Readonly<Record<Engine, (cron: string, timezone: string) => Next>> = {
  belfry(cron, timezone) {
    const timetable = readWhen({ cron }, timezone);
    return (after) => found(timetable.next(epochMs(after)));
  },
  croner(cron, timezone) {
    const reading = new Cron(cron, { timezone, paused: true });
    return (after) => found(reading.nextRun(new Date(after))?.getTime());
  },
  cronParser(cron, timezone) {
    const reading = CronExpressionParser.parse(cron, { tz: timezone, currentDate: new Date(0) });
    return (after) => {
      reading.reset(new Date(after));
      return reading.next().getTime();
    };
  },
};

function found(due: number | undefined): number {
  if (due === undefined) throw new Error('nothing is due');
  return due;
}

/** What is due in (from, to]. */
export function dueBetween(next: Next, from: number, to: number): number[] {
  const due: number[] = [];
  for (let at = next(from); at <= to; at = next(at)) due.push(at);
  return due;
}
