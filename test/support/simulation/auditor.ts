import { isExclusive } from '../../../lib/job/overlap.ts';
import { epochMs, HOUR } from '../../../lib/units.ts';
import { append, count, Evidence } from './evidence.ts';
import type { Fact, FactOf } from './journal.ts';
import { ENDS, judgeRecord } from './judge-record.ts';
import { LockAuditor } from './lock-auditor.ts';
import { JOB, type World } from './world.ts';

/**
 * Holds what happened against the invariants of the project's reliability notes, I1 to I10. Knows nothing
 * of how the protocol works: only facts of the world, and records.
 *
 * @returns one line for each violation
 */
export async function audit(world: World, cameToRest: boolean): Promise<readonly string[]> {
  const evidence = new Evidence();
  const auditor = new Auditor(world, evidence);
  for (const fact of world.facts) auditor.see(fact);
  if (!cameToRest) evidence.accuse('I10', 'the world does not come to rest');
  if (!world.queue.isEmpty) evidence.accuse('I10', 'messages are left in the queue');
  for (const run of evidence.sent.keys()) {
    judgeRecord(run, await world.backend.peek(run), evidence, world.policy);
  }
  judgeReports(evidence);
  await judgeLock(world, evidence);
  return evidence.violations;
}

/** Two dead letters of one failure, or two alerts, are the price of a delivery that died, froze or was not heard. */
function judgeReports({ letterSenders, alertSenders, disturbed, accuse }: Evidence): void {
  for (const [what, senders] of Object.entries({ 'dead letters': letterSenders, alerts: alertSenders })) {
    for (const [failure, processes] of senders) {
      const calm = processes.filter((process) => !disturbed.has(process));
      if (calm.length > 1) accuse('I7', `${failure}: ${what} of ${calm.join(', ')}, and nothing had happened to them`);
    }
  }
}

/** By asking for it as the next run would, an hour later. */
async function judgeLock({ backend, timeline }: World, evidence: Evidence): Promise<void> {
  const now = epochMs(timeline.now + HOUR);
  const next = { job: JOB, run: 'the next run', claim: 1, now, until: now, entry: 'the next run', respects: [] };
  const { kind } = await backend.locks.take(next);
  if (kind !== 'taken') evidence.accuse('I6', 'the lock is still held an hour after everything');
}

class Auditor {
  readonly #world: World;
  readonly #evidence: Evidence;
  readonly #locks: LockAuditor;
  readonly #tokens = new Map<string, number>();

  constructor(world: World, evidence: Evidence) {
    this.#world = world;
    this.#evidence = evidence;
    this.#locks = new LockAuditor(evidence);
  }

  see(fact: Fact): void {
    const { sent, redriven, letterOf, messages } = this.#evidence;
    switch (fact.kind) {
      case 'sent':
        count(sent, fact.run);
        if (fact.letter !== undefined) redriven.add(fact.run);
        letterOf.set(fact.message, fact.letter);
        break;
      case 'received':
        messages.set(fact.process, fact.message);
        this.#evidence.receivedAt.set(fact.process, fact.at);
        break;
      case 'deleted':
        this.#seeDeleted(fact);
        break;
      case 'moved':
        break;
      case 'dead-letter':
        this.#seeDeadLetter(fact);
        break;
      case 'alert':
        append(this.#evidence.alertSenders, this.#evidence.reported.get(fact.process) ?? fact.run, fact.process);
        break;
      case 'fault':
        this.#evidence.disturbed.add(fact.process);
        break;
      case 'record':
        this.#seeRecord(fact);
        break;
      case 'lock':
        this.#locks.see(fact);
        break;
      case 'job-started':
        this.#seeStart(fact);
        break;
      case 'job-ended':
        this.#evidence.update(fact.process, { how: fact.how });
        break;
      case 'effect':
        this.#seeEffect(fact);
        break;
      case 'died':
        this.#evidence.update(fact.process, { isOver: true });
        if (!this.#evidence.answered.has(fact.process)) this.#evidence.disturbed.add(fact.process);
        this.#countCalls(fact);
        break;
      case 'answered':
        this.#seeAnswer(fact);
        break;
    }
  }

  #seeDeleted({ run, message }: FactOf<'deleted'>): void {
    const { ended, owedBy, deadLetters, redriven, letters, letterOf, failures, rounds, inLine } = this.#evidence;
    if (!ended.has(run) && !inLine.has(message))
      this.#evidence.accuse('I1', `${run}: ${message} was deleted before the run ended`);
    const letter = letters.get(letterOf.get(message) ?? '');
    if (letter !== undefined && letter === failures.get(run) && (rounds.get(run) ?? 0) < letter) {
      this.#evidence.accuse('I1', `${run}: ${message} was deleted, the dead letter of a failure without a round`);
    }
    // A frozen delivery of an earlier round may acknowledge late; then the dead letter moved back is still in the queue.
    if (owedBy.get(run) === message && !deadLetters.has(run) && !redriven.has(run)) {
      this.#evidence.accuse('I1', `${run}: ${message} was deleted before its dead letter was sent`);
    }
  }

  #seeRecord({ process, before, after, at }: FactOf<'record'>): void {
    const { executions, ended, rounds, failures } = this.#evidence;
    const { id, status } = after;
    this.#evidence.written.set(process, after);
    this.#evidence.latest.set(id, after);
    this.#locks.seeRecord(process, after);
    if (before?.status === 'completed') {
      this.#evidence.accuse('I3', `${id}: a completed record was written by ${process}`);
    }
    // Writes to a failed run that leave it failed: who sends its dead letter, and that it was sent.
    if (before?.status === 'failed' && status === 'failed') return;
    if (before?.status === 'failed') this.#seeRound(process, after);
    if ((after.round ?? 0) !== (rounds.get(id) ?? 0)) {
      this.#evidence.accuse(
        'I9',
        `${id}: round ${after.round ?? 0} is recorded, and ${rounds.get(id) ?? 0} were opened`,
      );
    }
    if (status === 'skipped' && failures.has(id)) this.#evidence.accuse('F3', `${id}: skipped in a later round`);
    const owner = before?.status === 'running' ? before.owner : undefined;
    const execution = executions.get(owner ?? '');
    if (execution !== undefined && owner !== process && this.#evidence.isValid(execution, at)) {
      this.#evidence.accuse('I5', `${id}: ${process} took it from ${owner}, which was within its lease`);
    }
    if (owner === process && status !== 'running') this.#seeSettled(process, after);
    if (ENDS.includes(status)) {
      ended.add(id);
      this.#evidence.endedAt.set(id, at);
    } else {
      this.#evidence.endedAt.delete(id);
    }
    if (status === 'failed') this.#seeFailed(process, after);
    if (status === 'completed') this.#seeCompleted(process, id);
  }

  #seeDeadLetter({ run, letter, process, attempts }: FactOf<'dead-letter'>): void {
    const { deadLetters, failed, failureAfter, letters, letterSenders, reported } = this.#evidence;
    deadLetters.add(run);
    const nth = failureAfter.get(`${run} ${attempts}`) ?? 0;
    letters.set(letter, nth);
    const failure = `${run}, failure ${nth}`;
    append(letterSenders, failure, process);
    reported.set(process, failure);
    if (!failed.has(run)) this.#evidence.accuse('I1', `${run}: a dead letter for a run that has not failed`);
  }

  /** A round answers the failure that it follows: only a dead letter that was sent since then may open it. */
  #seeRound(process: string, { id }: FactOf<'record'>['after']): void {
    const { messages, letterOf, letters, failures, rounds } = this.#evidence;
    count(rounds, id);
    const letter = letterOf.get(messages.get(process) ?? '');
    if (letter === undefined || letters.get(letter) !== failures.get(id)) {
      this.#evidence.accuse(
        'M10',
        `${id}: ${letter ?? 'no dead letter'} opened a round after failure ${failures.get(id)}`,
      );
    }
  }

  #seeSettled(process: string, { id, attempts }: FactOf<'record'>['after']): void {
    const isCounted = attempts.some(({ requestId }) => requestId === process);
    if (this.#evidence.executions.has(process) && !isCounted) {
      this.#evidence.accuse('I9', `${id}: an executed attempt was not counted`);
    }
    this.#evidence.update(process, { isOver: true });
  }

  #seeFailed(process: string, { id, attempt }: FactOf<'record'>['after']): void {
    const { messages, failed, failures, failureAfter, deadLetters, owedBy } = this.#evidence;
    failed.add(id);
    failureAfter.set(`${id} ${attempt}`, count(failures, id));
    deadLetters.delete(id);
    owedBy.set(id, messages.get(process));
  }

  #seeCompleted(process: string, id: string): void {
    const { completions, executions } = this.#evidence;
    if (count(completions, id) > 1) this.#evidence.accuse('I2', `${id}: completed more than once`);
    if (executions.get(process)?.how !== 'returned') {
      this.#evidence.accuse('I9', `${id}: completed by ${process}, whose job did not return`);
    }
  }

  #seeStart(fact: FactOf<'job-started'>): void {
    const { process, run, token, deadline, at } = fact;
    const { executions } = this.#evidence;
    if (at >= deadline) this.#evidence.accuse('I5', `${run}: ${process} started the job after its time was over`);

    const isLocked = isExclusive(this.#world.policy.overlap);
    const others = [...executions.values()].filter((each) => isLocked || each.run === run);
    const other = others.find((each) => this.#evidence.isValid(each, at));
    if (other !== undefined) {
      this.#evidence.accuse('I5', `${run}: ${process} started while ${other.process} was running ${other.run}`);
    }
    const scope = isLocked ? JOB : run;
    const highest = this.#tokens.get(scope) ?? 0;
    if (token <= highest) this.#evidence.accuse('I4', `${run}: token ${token} was given after ${highest}`);
    this.#tokens.set(scope, Math.max(highest, token));
    executions.set(process, { ...fact, isOver: false });
  }

  #seeEffect({ process, isAccepted, at }: FactOf<'effect'>): void {
    const execution = this.#evidence.executions.get(process);
    if (execution !== undefined && !isAccepted && this.#evidence.isValid(execution, at)) {
      this.#evidence.accuse('I4', `${execution.run}: the token of its rightful owner ${process} was refused`);
    }
  }

  #seeAnswer(fact: FactOf<'answered'>): void {
    const { process, troubles } = fact;
    this.#evidence.answered.add(process);
    const execution = this.#evidence.executions.get(process);
    if (execution !== undefined && execution.how === undefined) {
      // Lambda would freeze the job's promise, and thaw it inside the next run.
      this.#evidence.accuse('I5', `${execution.run}: ${process} answered while its job was still running`);
    }
    if (troubles === 0) this.#evidence.untroubled.add(process);
    if (isExclusive(this.#world.policy.overlap)) this.#locks.seeAnswer(fact);
    this.#countCalls(fact);
  }

  #countCalls({ process, storeCalls }: { readonly process: string; readonly storeCalls: number }): void {
    const allowed = isExclusive(this.#world.policy.overlap) ? this.#locks.allowedCalls(process) : 3;
    if (storeCalls > allowed) {
      this.#evidence.accuse('I7', `${process} made ${storeCalls} calls of stores; allowed are ${allowed}`);
    }
  }
}
