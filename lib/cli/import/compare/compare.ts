import { readWhen } from '../../../cron/index.ts';
import { readZone } from '../../../cron/zone-name.ts';
import { occurrencesBetween } from '../../../due/occurrences.ts';
import { DAY, type EpochMs, HOUR, milliseconds, plus } from '../../../units.ts';
import { cronTimes } from './cron-times.ts';

/** A due time on both sides, or on the one that has it. */
export interface Row {
  readonly cron: EpochMs | undefined;
  readonly belfry: EpochMs | undefined;
  /** Why only one side has it. */
  readonly why: string | undefined;
}

/** What belongs to a line of a crontab. */
export interface Side {
  readonly cron: string;
  readonly timezone: string;
  readonly dst: 'skip' | 'runAfterGap';
}

export interface Comparison {
  /** The next ones. */
  readonly rows: readonly Row[];
  /** The first that only one side has, among the rows or in the year that follows. */
  readonly firstDifference: Row | undefined;
}

const YEAR = milliseconds(366 * DAY);
/** No longer than a leap year without a 29 February in eight years' time: after it nothing comes. */
const MAX_SEARCH = milliseconds(9 * YEAR);
/** As far from a change of the clocks as a due time can be moved by it. */
const NEAR_CHANGE = milliseconds(3 * HOUR);

/** The next due times of a line of a crontab, beside those of its entry. */
export function compareTimes(line: Omit<Side, 'dst'>, entry: Side, from: EpochMs, count: number): Comparison {
  const to = plus(from, MAX_SEARCH);
  const { expressions } = readWhen({ cron: entry.cron }, entry.timezone);
  const policy = { dst: entry.dst, except: [], only: [] };
  const belfry = occurrencesBetween({ expressions, timezone: entry.timezone, policy }, from, to);
  const rows: Row[] = [];
  let firstDifference: Row | undefined;
  for (const pair of merge(cronTimes(line.cron, line.timezone, from), timesOf(belfry))) {
    const at = pair.cron ?? pair.belfry ?? to;
    const isListed = rows.length < count;
    const isSearched = firstDifference === undefined && at <= plus(from, YEAR);
    if (at > to || (!isListed && !isSearched)) break;
    const row = { ...pair, why: whyDifferent(pair, line, entry) };
    if (isListed) rows.push(row);
    if (row.why !== undefined) firstDifference ??= row;
  }
  return { rows, firstDifference };
}

function* timesOf(occurrences: Iterable<{ readonly scheduledTime: EpochMs }>): Generator<EpochMs> {
  for (const { scheduledTime } of occurrences) yield scheduledTime;
}

type Pair = Omit<Row, 'why'>;

function* merge(cron: Iterator<EpochMs>, belfry: Iterator<EpochMs>): Generator<Pair> {
  let [left, right] = [cron.next(), belfry.next()];
  while (!left.done || !right.done) {
    const pair: Pair = {
      cron: !left.done && (right.done || left.value <= right.value) ? left.value : undefined,
      belfry: !right.done && (left.done || right.value <= left.value) ? right.value : undefined,
    };
    if (pair.cron !== undefined) left = cron.next();
    if (pair.belfry !== undefined) right = belfry.next();
    yield pair;
  }
}

function whyDifferent({ cron, belfry }: Pair, line: Omit<Side, 'dst'>, entry: Side): string | undefined {
  if (cron !== undefined && belfry !== undefined) return undefined;
  if (line.timezone !== entry.timezone) return `the line is read in ${line.timezone}, the entry in ${entry.timezone}`;
  if (!isSameTime(line, entry)) return `the entry says ${entry.cron}`;
  const at = cron ?? belfry;
  if (at === undefined) return undefined;
  const zone = readZone(line.timezone);
  const change = zone.spanAt(at).offset - zone.spanAt(plus(at, milliseconds(-NEAR_CHANGE))).offset;
  if (change > 0 && entry.dst === 'runAfterGap') {
    return 'clocks go forward over several of its times: cron runs it for each of them, and the entry once';
  }
  if (change > 0) {
    return "clocks go forward over its time: cron runs it at once then, and EventBridge leaves it out; dst: 'runAfterGap' in the entry makes up for it";
  }
  if (change < 0) return 'clocks go back over its time: cron runs it again, and the entry is due once';
  return 'cron starts it more than once then';
}

const isSameTime = (line: Omit<Side, 'dst'>, entry: Side): boolean =>
  readWhen({ cron: line.cron }, line.timezone).expressions.join() ===
  readWhen({ cron: entry.cron }, entry.timezone).expressions.join();
