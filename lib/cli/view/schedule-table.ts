import Table from 'cli-table3';
import type { DueSchedule } from '../../local/cloud.ts';
import type { EpochMs } from '../../units.ts';
import type { Colors } from '../terminal.ts';
import { distance, localMinute } from './times.ts';

/** The schedules with their next due times, the soonest first. */
export function formatSchedules(schedules: readonly DueSchedule[], now: EpochMs, colors: Colors): string {
  const table = new Table({
    head: ['SCHEDULE', 'JOB', 'WHEN', 'NEXT DUE', ''].map((name) => colors.dim(name)),
    style: { head: [], border: [], 'padding-left': 2, 'padding-right': 0 },
    chars: {
      top: '',
      'top-mid': '',
      'top-left': '',
      'top-right': '',
      bottom: '',
      'bottom-mid': '',
      'bottom-left': '',
      'bottom-right': '',
      left: '',
      'left-mid': '',
      mid: '',
      'mid-mid': '',
      right: '',
      'right-mid': '',
      middle: '',
    },
  });
  const soonest = [...schedules].sort((one, other) => (one.next ?? Infinity) - (other.next ?? Infinity));
  for (const { id, job, source, timezone, next } of soonest) {
    const due =
      next === undefined
        ? ['never, it is disabled or over', '']
        : [`${localMinute(next, timezone)} ${timezone}`, distance(next, now)];
    table.push([id, job, source, ...due]);
  }
  return table.toString();
}
