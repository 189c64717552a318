import { RUN_STATUSES, type RunRecord } from '../../run/record.ts';
import { parseRunId } from '../../run/run-id.ts';
import type { UnreadableRecord } from '../../watchdog/ports.ts';
import { toRunRecord } from './run-item.ts';
import type { Item } from './table.ts';

const INSTANTS = ['scheduledTime', 'createdAt', 'leaseUntil', 'nextAttemptAt', 'startedAt', 'finishedAt'] as const;

/** A record from its item, also from a part of it; damaged ones, and those of a later version, are named and not thrown. */
export function readRecord(item: Item): RunRecord | UnreadableRecord {
  const id = String(item['runId'] ?? item['sk']);
  try {
    const record = toRunRecord(item);
    return isSound(record) ? record : { id, status: 'unreadable' };
  } catch {
    return { id, status: 'unreadable' };
  }
}

const isSound = (record: RunRecord): boolean =>
  parseRunId(record.id) !== undefined &&
  RUN_STATUSES.includes(record.status) &&
  record.attempts.every(({ startedAt }) => typeof startedAt === 'number') &&
  INSTANTS.every((name) => record[name] === undefined || typeof record[name] === 'number');
