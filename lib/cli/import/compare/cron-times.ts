import { localTimes } from '../../../cron/calendar.ts';
import { readFiveFields } from '../../../cron/five-fields.ts';
import { wholeOf } from '../../../cron/parts.ts';
import { readZone } from '../../../cron/zone-name.ts';
import { type EpochMs, epochMs, HOUR, MINUTE, type Milliseconds, milliseconds } from '../../../units.ts';

/** Changes of the clock of less than this are daylight saving to cron; longer ones are corrections. */
const MAX_CHANGE = 3 * HOUR;

const AFTER_ALL = Date.UTC(2200, 0, 1);

/**
 * When Debian's cron (vixie cron; cronie has the same loop) starts a line, after the instant, ascending.
 *
 * cron(8), "Notes": after a change of the clock by less than 3 hours, jobs that would have run in the skipped time run
 * soon after it, and those of the repeated time are not run again; but only jobs "that run at a particular time (not
 * specified as @hourly, nor with '*' in the hour or minute specifier)". All others go by the new time at once. A longer
 * change is a correction of the clock, and the new time is used at once for all.
 *
 * A line that names several times of the skipped hour is started once for each, so an instant can come twice.
 *
 * @see https://manpages.debian.org/bookworm/cron/cron.8.en.html
 */
export function* cronTimes(cron: string, timezone: string, after: EpochMs): Generator<EpochMs> {
  const { calendar } = readFiveFields(wholeOf('cron', cron));
  const zone = readZone(timezone);
  const isFixed = !isFrequent(cron);
  const between = function* (from: number, to: number): Generator<Milliseconds> {
    for (const local of localTimes(calendar, milliseconds(from))) {
      if (local >= to) return;
      yield local;
    }
  };

  const first = zone.spanAt(after);
  // Its beginning may be a change of the clocks that the instant lies shortly after.
  let before = zone.spanAt(epochMs(first.start - 1));
  for (let span = first; span.start < AFTER_ALL; before = span, span = zone.spanAt(span.end)) {
    const change = span.offset - before.offset;
    const isHandled = isFixed && Math.abs(change) < MAX_CHANGE;
    // Cron finds out in the first whole minute after the change.
    const start = Math.ceil(span.start / MINUTE) * MINUTE;
    if (isHandled && change > 0 && start > after) {
      for (const _skipped of between(start + before.offset, start + span.offset)) yield epochMs(start);
    }
    const repeatsUntil = isHandled && change < 0 ? span.start + before.offset : Number.NEGATIVE_INFINITY;
    const from = Math.max(span.start, after + 1) + span.offset;
    for (const local of between(Math.max(from, repeatsUntil), span.end + span.offset)) {
      yield epochMs(local - span.offset);
    }
  }
}

/** `@hourly` too: its hours are a star. */
function isFrequent(cron: string): boolean {
  const [minute = '', hour = ''] = cron.split(' ');
  return minute.startsWith('*') || hour.startsWith('*') || cron.toLowerCase() === '@hourly';
}
