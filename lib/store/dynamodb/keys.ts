import { parseRunId } from '../../run/run-id.ts';
import { type EpochMs, toIso } from '../../units.ts';

/** The table's attributes that are keys, as the deployment defines them. */
export const TABLE = {
  partitionKey: 'pk',
  sortKey: 'sk',
  timeToLive: 'expiresAt',
  openIndex: { name: 'open', partitionKey: 'openShard', sortKey: 'openAt' },
} as const;

/** Over how many partitions the rows of open runs are spread in the index. */
export const OPEN_SHARDS = 8;
/** And those of runs that nothing has sent yet. Each costs every pass half a read. */
export const DUE_SHARDS = 2;

export interface ItemKey {
  readonly pk: string;
  readonly sk: string;
}

export const jobPartition = (job: string): string => `JOB#${job}`;

/** The partition of stories and pending alerts. */
export const ALERTS = 'ALERTS';

export const RUN_PREFIX = 'RUN#';

/** The item of a run: its key follows from the id alone. @throws RangeError for text that is no run id */
export function runKey(runId: string): ItemKey {
  const parts = parseRunId(runId);
  if (parts === undefined) throw new RangeError(`${JSON.stringify(runId)} is no run id`);
  return { pk: jobPartition(parts.job), sk: `${RUN_PREFIX}${toIso(parts.scheduledTime)}#${parts.occasion}` };
}

/** The item that holds a job's lock. */
export const stateKey = (job: string): ItemKey => ({ pk: jobPartition(job), sk: 'STATE' });

/** The index entry that has a run looked at from this instant on. */
export function openEntry(runId: string, checkAt: EpochMs): { openShard: string; openAt: string } {
  return { openShard: openShard(hash(runId) % OPEN_SHARDS), openAt: `${toIso(checkAt)}#${runId}` };
}

export const openShard = (number: number): string => `OPEN#${number}`;

/** The index entry of a run that is to be sent at this instant. */
export function dueEntry(runId: string, sendAt: EpochMs): { openShard: string; openAt: string } {
  return { openShard: dueShard(hash(runId) % DUE_SHARDS), openAt: `${toIso(sendAt)}#${runId}` };
}

export const dueShard = (number: number): string => `DUE#${number}`;

/** FNV-1a: even enough to spread eight ways. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  return value;
}
