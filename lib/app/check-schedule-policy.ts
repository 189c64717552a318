import type { DueTimes } from '../due/due-times.ts';
import { durationFormat, formatDuration, readDuration } from '../job/duration.ts';
import type { Schedule } from '../job/schedule.ts';
import { DST_CHOICES, SCHEDULE_BOUNDS, type SchedulePolicy } from '../job/schedule-policy.ts';
import { WARNING_NAMES } from '../job/warnings.ts';
import { MINUTE, type Milliseconds, milliseconds } from '../units.ts';
import { checkAcknowledged } from './check-acknowledged.ts';
import { type ReadCalendarFile, readDays } from './check-calendar.ts';
import { checkFields } from './check-fields.ts';
import type { CheckedJob } from './check-jobs.ts';
import { quoteValue } from './check-report.ts';

export interface PolicySurroundings {
  readonly readCalendarFile: ReadCalendarFile;
}

/** What an entry is read beside. */
export interface EntryParts {
  readonly options: Schedule['options'];
  /** Absent where nobody can say when it is due: then nothing but problems is of use. */
  readonly dueTimes: DueTimes | undefined;
  readonly job: CheckedJob | undefined;
}

export interface ReadPolicy {
  readonly policy: SchedulePolicy;
  readonly problems: readonly string[];
}

/** Fills in the defaults of what an entry says beside when and with what, and collects everything that is wrong with it. */
export function readSchedulePolicy(
  { options, dueTimes, job }: EntryParts,
  { readCalendarFile }: PolicySurroundings,
): ReadPolicy {
  const problems: string[] = [];
  const shortestInterval = dueTimes?.shortestInterval();
  const length = (field: 'maxLateness' | 'spread', value: unknown): Milliseconds | undefined => {
    const result = readLength(field, value);
    if (typeof result === 'object') problems.push(`${field} ${result.problem}`);
    return typeof result === 'object' ? undefined : result;
  };
  const days = (field: 'except' | 'only') => {
    const result = readDays(field, options[field], readCalendarFile);
    problems.push(...result.problems);
    return result.calendars;
  };

  const spread = length('spread', options.spread) ?? milliseconds(0);
  const policy: SchedulePolicy = {
    maxLateness:
      length('maxLateness', options.maxLateness) ?? job?.policy.maxLateness ?? derivedLateness(shortestInterval),
    catchUp: readCatchUp(options.catchUp, problems),
    spread,
    dst: DST_CHOICES.find((each) => each === options.dst) ?? 'skip',
    except: days('except'),
    only: days('only'),
    ...(options.pingUrl === undefined ? {} : { pingUrl: String(options.pingUrl) }),
  };
  problems.push(...checkSpread(spread, shortestInterval), ...checkDst(options), ...checkPingUrl(options.pingUrl));
  problems.push(...checkAcknowledged(options.acknowledge, WARNING_NAMES, 'the entry'));
  return { policy, problems };
}

function derivedLateness(shortest: Milliseconds | undefined): Milliseconds {
  const [min, max] = [boundOf('derivedLateness', 'min'), boundOf('derivedLateness', 'max')];
  return milliseconds(Math.min(max, Math.max(min, shortest ?? max)));
}

const boundOf = (field: 'derivedLateness', end: 'min' | 'max'): number =>
  readDuration(SCHEDULE_BOUNDS[field][end]) ?? Number.NaN;

function readLength(
  field: 'maxLateness' | 'spread',
  value: unknown,
): Milliseconds | undefined | { readonly problem: string } {
  if (value === undefined) return undefined;
  const { min, max } = SCHEDULE_BOUNDS[field];
  const length = readDuration(value);
  if (length === undefined)
    return { problem: `${quoteValue(value)} is not a duration; write ${durationFormat({ min, max })}` };
  if (length < Number(readDuration(min)) || length > Number(readDuration(max))) {
    return { problem: `${quoteValue(value)} is out of bounds; allowed are ${min} to ${max}` };
  }
  if (field === 'maxLateness' || length % MINUTE === 0) return length;
  const up = formatDuration(milliseconds(Math.ceil(length / MINUTE) * MINUTE));
  return { problem: `${quoteValue(value)} is not whole minutes, in which EventBridge counts it; write '${up}'` };
}

function readCatchUp(value: unknown, problems: string[]): number {
  if (value === undefined || value === 'none') return 0;
  if (value === 'latest') return 1;
  const { min, max } = SCHEDULE_BOUNDS.catchUp;
  if (typeof value !== 'object' || value === null || Object.keys(value).length === 0) {
    problems.push(
      `catchUp ${quoteValue(value)} is unknown; allowed are 'none', 'latest' and { all: ${min} to ${max} }`,
    );
    return 0;
  }
  problems.push(...checkFields(value, ['all'], 'catchUp.'));
  const { all } = value as { readonly all?: unknown };
  if (all === undefined) return 0;
  if (typeof all === 'number' && Number.isInteger(all) && all >= min && all <= max) return all;
  const what = typeof all === 'number' && Number.isInteger(all) ? 'is out of bounds' : 'is not a whole number';
  problems.push(`catchUp.all ${quoteValue(all)} ${what}; allowed are ${min} to ${max}`);
  return 0;
}

function checkSpread(spread: Milliseconds, shortest: Milliseconds | undefined): readonly string[] {
  if (shortest === undefined || spread < shortest) return [];
  const problem = `spread '${formatDuration(spread)}' is not shorter than the time between two due times, ${formatDuration(shortest)}`;
  return [`${problem}: a due time could be fired after the next; write less, or leave it out`];
}

function checkDst({ dst, cron }: Schedule['options']): readonly string[] {
  if (dst === undefined) return [];
  if (!DST_CHOICES.some((each) => each === dst)) {
    return [`dst ${quoteValue(dst)} is unknown; allowed are ${DST_CHOICES.map((each) => `'${each}'`).join(', ')}`];
  }
  if (cron !== undefined) return [];
  return ['dst goes with cron only: every counts in UTC, and at is refused where the clocks skip it; leave it out'];
}

function checkPingUrl(pingUrl: unknown): readonly string[] {
  if (pingUrl === undefined) return [];
  const url = typeof pingUrl === 'string' && URL.canParse(pingUrl) ? new URL(pingUrl) : undefined;
  if (url?.protocol === 'https:' || url?.protocol === 'http:') {
    if (url.username === '' && url.password === '') return [];
    // Not quoted: it may be a secret.
    return ['pingUrl names a user or a password, which fetch does not take in a URL; write a URL without'];
  }
  return [`pingUrl ${quoteValue(pingUrl)} is not a URL to call; write one that begins with https://`];
}
