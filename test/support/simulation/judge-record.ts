import type { JobPolicy } from '../../../lib/job/policy.ts';
import type { Attempt, RunRecord } from '../../../lib/run/record.ts';
import type { Evidence, Execution } from './evidence.ts';

export const ENDS: readonly string[] = ['completed', 'failed', 'skipped'];

/** What a run's record must say once nothing moves any more. */
export function judgeRecord(
  run: string,
  record: RunRecord | undefined,
  evidence: Evidence,
  { maxAttempts, onTimeout }: JobPolicy,
): void {
  if (record === undefined) {
    evidence.accuse('I1', `${run}: no record`);
    return;
  }
  const { status } = record;
  if (!ENDS.includes(status)) evidence.accuse('I1', `${run}: ${status} for ever`);
  if (status === 'failed' && !evidence.deadLetters.has(run))
    evidence.accuse('I1', `${run}: failed without a dead letter`);
  if (status === 'skipped') judgeSkip(record, evidence);
  judgeHistory(record, evidence);
  if (onTimeout === 'fail') judgeTimeouts(record, evidence);
  judgeWork(run, evidence, maxAttempts);
}

function judgeSkip({ id, reason, blockedBy = '' }: RunRecord, evidence: Evidence): void {
  if (reason !== 'overlap') evidence.accuse('I1', `${id}: skipped with the reason ${reason}`);
  if (blockedBy === id) evidence.accuse('I9', `${id}: skipped because of itself`);
  if (!evidence.sent.has(blockedBy)) evidence.accuse('I9', `${id}: skipped because of "${blockedBy}", which never was`);
}

/** No attempt of the same round follows one that timed out or was lost. */
function judgeTimeouts({ id, attempts }: RunRecord, evidence: Evidence): void {
  for (const [index, { n }] of attempts.entries()) {
    const before = attempts[index - 1]?.outcome;
    const isOfNextRound = evidence.failureAfter.has(`${id} ${n - 1}`);
    if (isOfNextRound || (before !== 'lost' && before !== 'timed-out')) continue;
    evidence.accuse('I7', `${id}: attempt ${n} follows one that was ${before}, and onTimeout is 'fail'`);
  }
}

/** The history that people read, against what the world saw. */
function judgeHistory({ id, attempts }: RunRecord, evidence: Evidence): void {
  for (const attempt of attempts) {
    const { n, outcome, requestId } = attempt;
    const execution = evidence.executions.get(requestId);
    if (!isTrue(attempt, execution, evidence)) {
      const seen = execution === undefined ? 'never started' : (execution.how ?? 'did not end');
      evidence.accuse('I9', `${id}: attempt ${n} is recorded as ${outcome}, and it ${seen}`);
    }
    if (execution !== undefined && (execution.attempt !== n || execution.run !== id)) {
      evidence.accuse('I9', `${id}: attempt ${n} was told that it is attempt ${execution.attempt} of ${execution.run}`);
    }
  }
  if (attempts.some(({ n }, index) => n !== (attempts[0]?.n ?? 0) + index)) {
    evidence.accuse('I9', `${id}: attempts are numbered ${attempts.map(({ n }) => n).join()}`);
  }
}

function isTrue({ outcome, requestId }: Attempt, execution: Execution | undefined, evidence: Evidence): boolean {
  switch (outcome) {
    case 'lost':
      return !evidence.untroubled.has(requestId);
    case 'completed':
      return execution?.how === 'returned';
    case 'failed':
      return execution?.how === 'threw';
    case 'timed-out':
      return execution !== undefined;
    default:
      return false;
  }
}

/** As many attempts as allowed in each round. */
function judgeWork(run: string, evidence: Evidence, maxAttempts: number): void {
  const executions = [...evidence.executions.values()].filter((each) => each.run === run).length;
  const rounds = 1 + (evidence.rounds.get(run) ?? 0);
  if (executions > maxAttempts * rounds) {
    evidence.accuse('I7', `${run}: executed ${executions} times; allowed are ${maxAttempts * rounds}`);
  }
}
