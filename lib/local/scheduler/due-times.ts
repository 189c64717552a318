import { readEventBridge } from '../../cron/index.ts';
import { readZone } from '../../cron/zone-name.ts';
import { type EpochMs, epochMs, milliseconds, plus } from '../../units.ts';
import { ApiError } from './errors.ts';
import type { DueTimes, StoredSchedule } from './model.ts';
import { intervalOfRate, isRate, rateDueTimes } from './rate.ts';

export const isOneTime = (expression: string): boolean => /^\s*at\(/.test(expression);

/**
 * Due times of a schedule: its expression's in its zone, and for a recurring one only those from `startsAt` to
 * `endsAt`, both included. Whether it is enabled, and since when, is not looked at.
 *
 * @throws InvalidExpressionError for a cron or at expression, or a zone, that is not understood
 * @throws ApiError ValidationException for a rate expression that is not understood
 */
export function dueTimesOf(
  schedule: Pick<StoredSchedule, 'expression' | 'timezone' | 'startsAt' | 'endsAt' | 'anchor'>,
): DueTimes {
  const { expression, timezone, startsAt, endsAt, anchor } = schedule;
  if (isOneTime(expression)) return oneTime(expression, timezone);
  const all = isRate(expression) ? rate(expression, timezone, anchor) : readEventBridge(expression, timezone);
  const earliest = (after: EpochMs) => epochMs(Math.max(after, (startsAt ?? Number.NEGATIVE_INFINITY) - 1));
  const latest = endsAt ?? Number.POSITIVE_INFINITY;
  return {
    next(after) {
      const due = all.next(earliest(after));
      return due === undefined || due > latest ? undefined : due;
    },
    between: (from, to) => all.between(earliest(from), epochMs(Math.min(to, latest))),
  };
}

/** Due times but for some, which may become fewer. */
export const without = (dueTimes: DueTimes, excluded: ReadonlySet<EpochMs>): DueTimes => ({
  next(after) {
    let due = dueTimes.next(after);
    while (due !== undefined && excluded.has(due)) due = dueTimes.next(due);
    return due;
  },
  *between(from, to) {
    for (const due of dueTimes.between(from, to)) if (!excluded.has(due)) yield due;
  },
});

function rate(expression: string, timezone: string, anchor: EpochMs): DueTimes {
  readZone(timezone);
  const interval = intervalOfRate(expression);
  if (interval !== undefined) return rateDueTimes(interval, anchor);
  const form = 'rate(value unit) with a positive whole number of minutes, hours or days';
  throw new ApiError('ValidationException', `Invalid Schedule Expression ${expression}: allowed is ${form}.`);
}

/** EventBridge allows seconds in `at(…)`; our calendar knows whole minutes only. */
function oneTime(expression: string, timezone: string): DueTimes {
  const match = /^(at\([^)]*:\d{2}):([0-5]\d)\)$/.exec(expression);
  const past = milliseconds(Number(match?.[2] ?? 0) * 1000);
  const minutes = readEventBridge(match === null ? expression : `${match[1]}:00)`, timezone);
  const next = (after: EpochMs): EpochMs | undefined => {
    const minute = minutes.next(epochMs(after - past));
    return minute === undefined ? undefined : plus(minute, past);
  };
  return {
    next,
    between(from, to) {
      const due = next(from);
      return due === undefined || due > to ? [] : [due];
    },
  };
}
