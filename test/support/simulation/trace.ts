import type { LockView } from '../../../lib/run/ports.ts';
import type { RunRecord } from '../../../lib/run/record.ts';
import type { Fact } from './journal.ts';
import { START } from './scenario.ts';

/** What happened, one line a fact: to be read when a seed fails, and compared to see that a seed is one world. */
export function traceOf(facts: readonly Fact[]): readonly string[] {
  return facts.map(({ at, kind, ...rest }) => {
    const details = Object.entries(rest).map(([name, value]) => `${name}=${describe(value)}`);
    return `${((at - START) / 1000).toFixed(3).padStart(10)} ${kind.padEnd(11)} ${details.join(' ')}`;
  });
}

function describe(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  return 'again' in value ? describeLock(value as LockView) : describeRecord(value as RunRecord);
}

function describeLock({ holder, again, waiting, asked }: LockView): string {
  const held = holder === undefined ? 'free' : `${holder.run} claim ${holder.claim} token ${holder.token}`;
  return `(${held}, again [${again}], waiting [${waiting}], asked [${asked}])`;
}

function describeRecord({
  id,
  status,
  owner,
  claim,
  attempt,
  lastAttempt,
  attempts,
  deadLetterSentAt,
}: RunRecord): string {
  const outcomes = attempts.map(({ n, outcome = 'running' }) => `${n}:${outcome}`).join();
  return `${id}:${status}(${owner} claim ${claim}, ${attempt}/${lastAttempt}, [${outcomes}]${deadLetterSentAt === undefined ? '' : ', dead letter sent'})`;
}
