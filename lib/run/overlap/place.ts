import { toIso } from '../../units.ts';
import type { LockRequest, LockView } from '../ports.ts';
import type { RunRecord } from '../record.ts';
import { roundOf } from '../round.ts';

/**
 * How a run stands in the sets of those that wait: `<order>|<run id without its job>|<round>`. The order is the due time, of
 * requested runs the time of the request. The same for every delivery of a round, so joining and leaving may be repeated.
 */
export function entryOf(record: RunRecord): string {
  const { id, job, schedule, scheduledTime, createdAt } = record;
  const round = roundOf(record);
  const order = schedule === null || round > 0 ? createdAt : scheduledTime;
  return `${toIso(order)}|${id.slice(job.length + 1)}|${round}`;
}

export function readEntry(job: string, entry: string): { readonly run: string; readonly round: number } {
  const [, run = '', round = ''] = entry.split('|');
  return { run: `${job}/${run}`, round: Number(round) };
}

/** All that wait, in the order in which they are woken. */
export const inOrder = ({ again, waiting, asked }: LockView): readonly string[] =>
  [again, waiting, asked].flatMap((entries) => entries.toSorted());

export const isWaiting = (view: LockView, entry: string): boolean => inOrder(view).includes(entry);

/** What the condition of a take says of a lock that was read: exactly one of take and join is accepted. */
export function isTakeable(view: LockView, { run, claim, now, entry, respects }: LockRequest): boolean {
  const { holder } = view;
  if (holder?.run === run && holder.claim <= claim) return true;
  const isFree = holder === undefined || holder.until <= now;
  return isFree && (respects.every((set) => view[set].length === 0) || isWaiting(view, entry));
}
