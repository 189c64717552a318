import { ATTEMPTS_KEPT, type Attempt, type RunRecord, type RunStatus } from '../../run/record.ts';
import { causeOf } from '../rules.ts';
import type { Item } from './table.ts';

/** Attributes that a record has under the same name and in the same form. */
const PLAIN = [
  'job',
  'schedule',
  'scheduledTime',
  'trigger',
  'status',
  'reason',
  'blockedBy',
  'owner',
  'leaseUntil',
  'nextAttemptAt',
  'createdAt',
  'startedAt',
  'finishedAt',
  'missedAt',
  'error',
  'letterFor',
  'requestedBy',
] as const satisfies readonly (keyof RunRecord)[];

/** An attempt as the claim writes it, before anybody knows its number or its end. */
type OpenAttempt = Pick<Attempt, 'startedAt' | 'logStream' | 'requestId'>;

/**
 * A record from its item.
 *
 * The claim is one write and cannot look before it writes: it moves whatever stands in `current` to
 * `attempts` and puts its own attempt there. So an entry of `attempts` without an outcome is an attempt
 * that never said how it ended, and the numbers and causes of such entries follow from their place.
 */
export function toRunRecord(item: Item): RunRecord {
  const plain = Object.fromEntries(PLAIN.filter((name) => item[name] !== undefined).map((name) => [name, item[name]]));
  return {
    ...(plain as Pick<RunRecord, (typeof PLAIN)[number]>),
    id: String(item.runId),
    claim: Number(item.claim ?? 0),
    attempt: Number(item.attempt ?? 0),
    lastAttempt: Number(item.lastAttempt ?? 0),
    attempts: readAttempts(item),
    ...readJson(item, 'result'),
    ...readJson(item, 'input'),
  };
}

function readAttempts(item: Item): readonly Attempt[] {
  const ended = (item.attempts ?? []) as readonly (OpenAttempt & Partial<Attempt>)[];
  const current = (item.current ?? []) as readonly OpenAttempt[];
  const attempt = Number(item.attempt ?? 0);
  const firstNumber = attempt - current.length - ended.length + 1;
  const attempts: Attempt[] = [];
  for (const [index, entry] of ended.entries()) {
    const n = firstNumber + index;
    const cause = attempts.at(-1)?.outcome === 'lost' ? 'crash' : causeOf(n, 'retrying');
    attempts.push({ n, cause, outcome: 'lost', ...entry });
  }
  const claimedFrom = (item.claimedFrom ?? 'absent') as RunStatus | 'absent';
  const open = current.map((entry): Attempt => ({ n: attempt, cause: causeOf(attempt, claimedFrom), ...entry }));
  return [...attempts, ...open].slice(-ATTEMPTS_KEPT);
}

/** Results and inputs are kept as text: what a job returned comes back as it was, numbers and empty texts included. */
function readJson<Name extends 'result' | 'input'>(item: Item, name: Name): Partial<Record<Name, unknown>> {
  const text = item[name];
  return typeof text === 'string' ? ({ [name]: JSON.parse(text) } as Partial<Record<Name, unknown>>) : {};
}
