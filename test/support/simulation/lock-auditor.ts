import type { LockView } from '../../../lib/run/ports.ts';
import type { RunRecord } from '../../../lib/run/record.ts';
import { MINUTE } from '../../../lib/units.ts';
import { count, type Evidence } from './evidence.ts';
import type { FactOf } from './journal.ts';

/** How long after its time a run may first be sent again by the watchdog: a lock that is kept for a retry lasts longer. */
const FIRST_RESCUE = 3 * MINUTE;

/** Holds the lock and the lines before it against what runs may expect of them. */
export class LockAuditor {
  readonly #evidence: Evidence;
  /** Processes that have marked their run as waiting. */
  readonly #marked = new Set<string>();
  readonly #takes = new Map<string, number>();
  /** Processes whose lock changed hands while they asked for it, and those that met other runs in line. */
  readonly #busy = new Set<string>();

  constructor(evidence: Evidence) {
    this.#evidence = evidence;
  }

  see({ process, run, name, before, after }: FactOf<'lock'>): void {
    if (name === 'join' || name === 'leave' || (name === 'take' && count(this.#takes, process) > 1))
      this.#busy.add(process);
    const isTaken = after.holder?.run === run;
    if (name === 'take' && this.#isDueFirst(process) && before.holder === undefined && !isTaken) {
      this.#evidence.accuse('I8', `${run}: ${process} was refused a free lock`);
    }
    if (name === 'read' && this.#marked.has(process) && !isTaken && after.holder !== undefined && isIn(after, run)) {
      this.#evidence.inLine.add(this.#evidence.messages.get(process) ?? '');
    }
  }

  seeRecord(process: string, { id, status, reason, trigger, blockedBy = '' }: RunRecord): void {
    const { endedAt, receivedAt, executions } = this.#evidence;
    if (status === 'pending' || status === 'retrying') this.#marked.add(process);
    if (status !== 'skipped' || reason !== 'overlap') return;
    if (trigger === 'manual') this.#evidence.accuse('I8', `${id}: it was asked for, and skipped`);
    if ((endedAt.get(blockedBy) ?? Number.POSITIVE_INFINITY) < (receivedAt.get(process) ?? 0)) {
      this.#evidence.accuse('I9', `${id}: skipped because of ${blockedBy}, which had ended before`);
    }
    if ([...executions.values()].some(({ run }) => run === id)) {
      this.#evidence.accuse('I9', `${id}: skipped although it had begun`);
    }
  }

  /** A run that goes on to its next attempt keeps its lock for that, if all went well. */
  seeAnswer({ process, troubles, lockTroubles, lock: { holder } }: FactOf<'answered'>): void {
    const run = this.#evidence.written.get(process);
    const isRetry = run?.status === 'retrying' && this.#evidence.executions.has(process);
    // Another message may have begun the next attempt already.
    if (
      !isRetry ||
      this.#evidence.latest.get(run.id) !== run ||
      run.nextAttemptAt === undefined ||
      troubles + lockTroubles > 0
    )
      return;
    const isKept = holder?.run === run.id && holder.until > run.nextAttemptAt + FIRST_RESCUE;
    if (!isKept) this.#evidence.accuse('I6', `${run.id}: ${process} did not keep the lock for the next attempt`);
  }

  /** Claim, take, look at the holder, take over, record, release, look at whom to wake, note the dead letter. */
  allowedCalls(process: string): number {
    return this.#busy.has(process) ? 17 : 8;
  }

  #isDueFirst(process: string): boolean {
    const { attempt, trigger } = this.#evidence.written.get(process) ?? {};
    return attempt === 1 && trigger === 'schedule';
  }
}

/** The entry of a run has its id without the job between two bars. */
const isIn = ({ again, waiting, asked }: LockView, run: string): boolean =>
  [...again, ...waiting, ...asked].some((entry) => entry.includes(`|${run.slice(run.indexOf('/') + 1)}|`));
