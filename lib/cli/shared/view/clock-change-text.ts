import { type ClockChange, localText } from '../../../cron/index.ts';
import type { ScheduleClockChange } from '../../../forecast/clock-changes.ts';
import type { DstChoice } from '../../../job/schedule-policy.ts';
import { epochMs, type Milliseconds } from '../../../units.ts';
import { localMinute } from './times.ts';

/** `Sun 2027-03-28`, the local day on which clocks are set. */
export const dayOfChange = ({ from }: ClockChange): string => localMinute(epochMs(from), 'UTC').slice(0, 14);

/** `clocks go from 02:00 to 03:00`; a time of another day than the other's with its date. */
export function clocksText({ kind, from, to }: ClockChange): string {
  const [first, last] = [localText(from), localText(to)];
  const isOneDay = first.slice(0, 10) === last.slice(0, 10);
  const show = (text: string): string => (isOneDay ? text.slice(11) : text.replace('T', ' '));
  return kind === 'gap'
    ? `clocks go from ${show(first)} to ${show(last)}`
    : `clocks go back from ${show(last)} to ${show(first)}`;
}

/** What the change makes of due times: `02:30 is left out`; undefined when it touches none. */
export function effectText({ kind, times, to }: ScheduleClockChange, dst: DstChoice): string | undefined {
  if (times.length === 0) return undefined;
  const [which, isMany] = timesText(times);
  if (kind === 'repeat') {
    return isMany
      ? `${which} come twice, and count the first time only`
      : `${which} comes twice, and counts the first time only`;
  }
  return GAP_TEXTS[dst]({ which, isMany, end: localText(to).slice(11) });
}

interface Gap {
  readonly which: string;
  readonly isMany: boolean;
  readonly end: string;
}

const GAP_TEXTS: Readonly<Record<DstChoice, (gap: Gap) => string>> = {
  skip: ({ which, isMany }) => `${which} ${isMany ? 'are' : 'is'} left out`,
  runAfterGap: ({ which, isMany, end }) =>
    `${which} ${isMany ? 'do' : 'does'} not exist: one run starts at ${end} instead`,
};

/** How many times are named one by one. */
const NAMED = 3;

function timesText(times: readonly Milliseconds[]): readonly [text: string, isMany: boolean] {
  const shown = times.map((time) => localText(time).slice(11));
  const last = shown.at(-1) ?? '';
  if (shown.length > NAMED) return [`${shown.length} due times from ${shown[0]} to ${last}`, true];
  const [before, isMany] = [shown.slice(0, -1).join(', '), shown.length > 1];
  return [isMany ? `${before} and ${last}` : last, isMany];
}
