import { DAY, type EpochMs } from '../units.ts';

/**
 * A change of an alarm's state that was handled, with what was decided about it. Field names are stored names.
 */
export interface AlarmChange {
  /** When the state changed, whenever its notification came. */
  readonly at: EpochMs;
  /** The notification: its redelivery is handled as the first delivery was. */
  readonly message: string;
  readonly isRing: boolean;
  /**
   * Since when the alarm's own story goes on that a ring belongs to, or that an end has ended. Absent: the ring is part of
   * another story, or there was nothing to end.
   */
  readonly story?: EpochMs;
  readonly isReported: boolean;
}

/** The changes of an alarm that are known, the oldest first. */
export type AlarmHistory = readonly AlarmChange[];

/** How many changes of an alarm are kept. */
const MAX_CHANGES = 50;

/** An alarm that rings once more, by way of another state than OK, is no news before this. */
const REPEATED_AFTER = DAY;

type Change = Pick<AlarmChange, 'at' | 'message'>;

/**
 * What a ring is by what is known, since neither CloudWatch nor SNS nor SQS keeps the order of notifications: undefined
 * where it begins a story. No end is known between it and the other rings of its story.
 */
export function repeatOf(change: Change, known: AlarmHistory): AlarmChange | undefined {
  const { at } = change;
  const from = endsIn(known).findLast((end) => end.at <= at)?.at ?? Number.NEGATIVE_INFINITY;
  const to = overSince(at, known) ?? Number.POSITIVE_INFINITY;
  const story = ringsIn(known).findLast((ring) => ring.at >= from && ring.at < to)?.story;
  if (story === undefined) return undefined;
  const reported = ringsIn(known).filter((ring) => ring.story === story && ring.isReported);
  const isReported = reported.every((ring) => at - ring.at >= REPEATED_AFTER);
  return { ...change, isRing: true, story, isReported };
}

/** What an end is by what is known: it ends the story of the rings before it, unless one of them is newer, or it has ended. */
export function endOf(change: Change, known: AlarmHistory): AlarmChange {
  const { at } = change;
  const last = ringsIn(known).findLast((ring) => ring.at < at);
  const isOpen =
    last !== undefined &&
    !endsIn(known).some((end) => end.at > last.at) &&
    !ringsIn(known).some((ring) => ring.at >= at && ring.story === last.story);
  return isOpen
    ? { ...change, isRing: false, story: last.story, isReported: true }
    : { ...change, isRing: false, isReported: false };
}

/** Since when a ring is over; undefined where it goes on. */
export const overSince = (ringAt: EpochMs, known: AlarmHistory): EpochMs | undefined =>
  endsIn(known).find((end) => end.at > ringAt)?.at;

/** Since when a story goes on that has begun after an end; undefined where none does. */
export function begunSince(endAt: EpochMs, known: AlarmHistory): EpochMs | undefined {
  const last = ringsIn(known).at(-1);
  return last !== undefined && last.at > endAt && overSince(last.at, known) === undefined ? last.story : undefined;
}

/** With one more change, in order. The oldest are forgotten. */
export const withChange = (change: AlarmChange, known: AlarmHistory): AlarmHistory =>
  [...known, change].sort((one, other) => one.at - other.at).slice(-MAX_CHANGES);

const endsIn = (known: AlarmHistory): AlarmHistory => known.filter(({ isRing }) => !isRing);

/** Those of the alarm's own stories. */
const ringsIn = (known: AlarmHistory): readonly (AlarmChange & Required<Pick<AlarmChange, 'story'>>)[] =>
  known.flatMap((each) => (each.isRing && each.story !== undefined ? [{ ...each, story: each.story }] : []));
