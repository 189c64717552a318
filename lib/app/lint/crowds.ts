import type { EpochMs } from '../../units.ts';
import { comingWeek } from './coming-week.ts';
import { describeInstant } from './dates.ts';
import { isAcknowledged, type LintSubject } from './subject.ts';

/** Schedules that are due in one minute. */
export interface Crowd {
  readonly at: EpochMs;
  /** By their order in the file. */
  readonly ids: readonly string[];
}

/**
 * So many functions may start in one minute without a word. A matter of judgement: a new AWS account runs far fewer at
 * once than the 1,000 of others, and a database has not many more connections to give.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export const MAX_CROWD = 10;

/**
 * Minutes of the coming week in which more schedules are due than `MAX_CROWD`, the most crowded first. A schedule
 * is in one crowd only, so that the midnight of each day is not told again. What is spread, or acknowledges the
 * warning, is in none.
 *
 * @param subjects those that are switched on
 */
export function findCrowds(subjects: readonly LintSubject[]): readonly Crowd[] {
  const candidates = subjects.filter(
    (subject) => subject.schedule.policy.spread === 0 && !isAcknowledged(subject, 'crowded-minute'),
  );
  // Looking at a week of each is what costs.
  if (candidates.length <= MAX_CROWD) return [];
  const byMinute = new Map<EpochMs, string[]>();
  for (const subject of candidates) {
    for (const at of comingWeek(subject)) {
      const ids = byMinute.get(at);
      if (ids === undefined) byMinute.set(at, [subject.schedule.id]);
      else ids.push(subject.schedule.id);
    }
  }
  return pickCrowds([...byMinute].filter(([, ids]) => ids.length > MAX_CROWD));
}

function pickCrowds(minutes: readonly (readonly [EpochMs, readonly string[]])[]): readonly Crowd[] {
  const told = new Set<string>();
  const crowds: Crowd[] = [];
  for (const [at, all] of [...minutes].sort((a, b) => b[1].length - a[1].length || a[0] - b[0])) {
    const ids = all.filter((id) => !told.has(id));
    if (ids.length <= MAX_CROWD) continue;
    crowds.push({ at, ids });
    for (const id of ids) told.add(id);
  }
  return crowds;
}

const MAX_NAMED = 3;

export function describeCrowd({ at, ids }: Crowd): string {
  const named = ids.slice(0, MAX_NAMED).map((id) => `"${id}"`);
  const rest = `${named.join(', ')} and ${ids.length - MAX_NAMED} more`;
  return `on ${describeInstant(at)} ${ids.length} schedules are due in one minute (${rest}), and their functions start at once; give them other minutes, write spread: '10 minutes'`;
}
