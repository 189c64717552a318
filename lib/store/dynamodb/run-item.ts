import { ATTEMPTS_KEPT, type Attempt, EMPTY_RECORD, type RunRecord, type RunStatus } from '../../run/record.ts';
import { causeOf } from '../rules.ts';
import type { Item } from './table.ts';

/** An attempt as the claim writes it, before anybody knows its number or its end. */
type OpenAttempt = Pick<Attempt, 'startedAt' | 'limit' | 'logStream' | 'requestId'>;

/**
 * A record from its item.
 *
 * The claim is one write and cannot look before it writes: it moves whatever stands in `current` to
 * `attempts` and puts its own attempt there. So an entry of `attempts` without an outcome is an attempt
 * that never said how it ended, and the numbers and causes of such entries follow from their place.
 */
export function toRunRecord(item: Item): RunRecord {
  // What is the table's own business, and what is stored in another form than a record has it.
  const { pk, sk, openShard, openAt, expiresAt, current, claimedFrom, runId, result, input, ...plain } = item;
  return {
    ...EMPTY_RECORD,
    ...(plain as Omit<RunRecord, keyof typeof EMPTY_RECORD | 'id' | 'result' | 'input'>),
    id: String(runId),
    attempts: readAttempts(item),
    ...readJson('result', result),
    ...readJson('input', input),
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
const readJson = (name: 'result' | 'input', text: unknown): Partial<Pick<RunRecord, 'result' | 'input'>> =>
  typeof text === 'string' ? { [name]: JSON.parse(text) } : {};
