import { unreachable } from '../errors.ts';
import type { RunInfo } from '../job/context.ts';
import type { EpochMs } from '../units.ts';
import { plus } from '../units.ts';
import { type AttemptResult, runAttempt } from './attempt.ts';
import { recoveryDelay } from './backoff.ts';
import type { Delivery, RunPorts } from './delivery.ts';
import { TimeoutError } from './errors.ts';
import { settleFailure } from './failure.ts';
import type { Entry, Wait } from './overlap/gate.ts';
import type { Claimed, LockHold, Settlement } from './ports.ts';
import type { RunError, RunRecord, Skip } from './record.ts';
import { isFirstAttempt } from './round.ts';
import { toRunError } from './run-error.ts';
import type { DeliveryTimeouts } from './timeouts.ts';

/** What a delivery did under its claim, and what has to be written and cleared up. */
export interface Work {
  readonly settlement: Settlement;
  /** What the gate gave. */
  readonly hold?: LockHold | undefined;
  /** Present when the run waits. */
  readonly wait?: Wait;
  /** The job has not settled: only the end of its process stops it. */
  readonly mustExit: boolean;
  /** Why the attempt was given back, where something failed. */
  readonly trouble?: RunError;
}

export interface WorkRequest {
  readonly claimed: Claimed;
  readonly delivery: Delivery;
  readonly times: DeliveryTimeouts;
}

/** Everything between the claim and the record of the outcome. Never throws. */
export async function performWork(request: WorkRequest, ports: RunPorts): Promise<Work> {
  const { record } = request.claimed;
  let hold: LockHold | undefined;
  try {
    const skip = hasBegun(request) ? undefined : ports.admit?.(record);
    if (skip !== undefined) return skipped(skip, ports.clock.now());
    const entry = await enter(request, ports);
    if (entry.kind !== 'enter') return stepAside(entry, ports.clock.now());
    hold = entry.hold;
    return await attempt(request, ports, entry);
  } catch (error) {
    const at = ports.clock.now();
    const delay = recoveryDelay(request.delivery.receiveCount, ports.random());
    return {
      settlement: { status: 'given-back', at, nextAttemptAt: plus(at, delay) },
      mustExit: false,
      hold,
      trouble: toRunError(error),
    };
  }
}

/**
 * What has begun goes on, and what somebody has moved back is wanted. An attempt that has not said how it ended may have died
 * before it had written the skip.
 */
const hasBegun = ({ claimed: { record }, delivery: { deadLetterAttempts } }: WorkRequest): boolean =>
  deadLetterAttempts !== undefined ||
  record.round !== undefined ||
  record.attempts.some(({ endedAt }) => endedAt !== undefined);

function enter({ claimed, times: { leaseUntil } }: WorkRequest, { gate, clock, policy }: RunPorts): Promise<Entry> {
  const isFirst = isFirstAttempt(claimed.record, policy.maxAttempts);
  return gate.enter({ claimed, isFirst, now: clock.now(), leaseUntil });
}

function stepAside(entry: Exclude<Entry, { kind: 'enter' }>, now: EpochMs): Work {
  switch (entry.kind) {
    case 'skip':
      return skipped(entry.skip, now);
    case 'wait': {
      const { checkAt, blockedBy } = entry;
      return { settlement: { status: 'waiting', at: now, checkAt, blockedBy }, mustExit: false, wait: entry };
    }
    case 'later':
      return { settlement: { status: 'given-back', at: now, nextAttemptAt: entry.until }, mustExit: false };
    default:
      return unreachable(entry);
  }
}

const skipped = (skip: Skip, at: EpochMs): Work => ({
  settlement: { status: 'skipped', at, ...skip },
  mustExit: false,
});

async function attempt(
  { claimed, delivery, times }: WorkRequest,
  ports: RunPorts,
  { fencingToken, hold }: Extract<Entry, { kind: 'enter' }>,
): Promise<Work> {
  const { clock, job, policy, observe, reporter } = ports;
  const { record } = claimed;
  const at = clock.now();
  // A process that froze, or a table that took its time: whoever is next may be at work already.
  if (at >= times.giveUpAt) throw new TimeoutError('its time was over before the job could start');
  observe({ event: 'attempt-started', run: record, at });
  const run = runInfo(record, fencingToken);
  const result = await runAttempt(
    {
      job,
      input: delivery.request.input,
      context: { run, ...ports.surroundings(run), alert: (message) => reporter.alert(message) },
      timeout: policy.timeout,
      times,
    },
    clock,
  );
  const settlement = settle(result, record, ports);
  const mustExit = result.kind === 'timed-out' && !result.settled;
  return { settlement, mustExit, hold };
}

function settle(result: AttemptResult, record: RunRecord, ports: RunPorts): Settlement {
  const at = ports.clock.now();
  if (result.kind === 'completed') return { status: 'completed', at, result: result.result };
  return settleFailure(result, { at, record }, ports);
}

function runInfo(record: RunRecord, fencingToken: number): RunInfo {
  return {
    id: record.id,
    job: record.job,
    schedule: record.schedule,
    scheduledTime: new Date(record.scheduledTime),
    trigger: record.trigger,
    attempt: record.attempt,
    lastAttempt: record.lastAttempt,
    fencingToken,
  };
}
