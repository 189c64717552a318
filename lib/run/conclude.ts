import { bestEffort } from '../best-effort.ts';
import { unreachable } from '../errors.ts';
import { isLate } from '../job/trigger.ts';
import { type EpochMs, type Milliseconds, milliseconds, plus } from '../units.ts';
import { recoveryDelay } from './backoff.ts';
import { deadLetterBody } from './dead-letter.ts';
import type { Delivery, Disposition, RunPorts } from './delivery.ts';
import { LostAttemptError } from './errors.ts';
import type { RunEvent } from './events.ts';
import type { Leaving } from './overlap/gate.ts';
import type { Settled } from './ports.ts';
import { owesDeadLetter, type RunRecord } from './record.ts';
import { toRunError } from './run-error.ts';
import { deliveryTimeouts } from './timeouts.ts';
import type { Work } from './work.ts';

/** How soon a run is looked at again that changed under our eyes. */
const LOOK_AGAIN = milliseconds(5_000);

/** By how much a held message may show late: deliveries that wait for one run must not come back together. */
const HELD_JITTER = 5_000;

const ACKNOWLEDGE: Disposition = { kind: 'acknowledge' };

/** Does what follows once the outcome is recorded: frees or keeps the lock, tells, and deals with the message. */
export async function concludeSettled(
  { claimed, work }: Settled<Work>,
  delivery: Delivery,
  ports: RunPorts,
): Promise<Disposition> {
  const { observe } = ports;
  const { settlement, hold, wait } = work;
  const { at } = settlement;
  const run = claimed.record;
  const duration = attemptDuration(run, at);
  let hasLeft: boolean;

  switch (settlement.status) {
    case 'completed':
      hasLeft = await leave({ run, hold, now: at }, ports);
      observe({ event: 'run-completed', run, at, duration });
      await step('ping', run, ports, async () => ports.ping?.(run));
      break;
    case 'skipped':
      hasLeft = await leave({ run, now: at }, ports);
      observe({ event: 'run-skipped', run, ...settlement });
      break;
    case 'waiting':
      observe({ event: 'run-waiting', run, ...settlement });
      return (await wait?.isKept(ports.clock.now())) === true ? ACKNOWLEDGE : showSoon(ports);
    case 'given-back':
      await abandon({ claimed, work }, ports);
      observe({ event: 'attempt-given-back', run, ...settlement, error: work.trouble });
      // It may meet a busy job more often than its queue hands a message out: the watchdog sends it again.
      return isLate(run.trigger) ? ACKNOWLEDGE : { kind: 'postpone', until: settlement.nextAttemptAt };
    case 'retrying':
      await leave({ run, hold, nextAttemptAt: settlement.nextAttemptAt, now: at }, ports);
      observe({ event: 'attempt-failed', run, duration, ...settlement });
      return { kind: 'postpone', until: settlement.nextAttemptAt };
    case 'failed':
      hasLeft = await leave({ run, hold, now: at }, ports);
      await concludeFailure(run, { ...settlement, duration }, delivery, ports);
      break;
    default:
      return unreachable(settlement);
  }
  return acknowledgeIf(hasLeft, delivery, ports);
}

/** Of a run that could not fall asleep: the lock is free. */
const showSoon = ({ clock, random }: RunPorts): Disposition => ({
  kind: 'postpone',
  until: plus(clock.now(), milliseconds(random() * LOOK_AGAIN)),
});

/**
 * A message that shows again makes up for a run that was not woken. Later each time: whatever keeps that from being done must
 * not use up its receives.
 */
const acknowledgeIf = (isDone: boolean, { receiveCount }: Delivery, { clock, random }: RunPorts): Disposition =>
  isDone ? ACKNOWLEDGE : { kind: 'postpone', until: plus(clock.now(), recoveryDelay(receiveCount, random())) };

/**
 * A message with nothing left to do is acknowledged. But when the run has failed and its dead letter is still owed, the
 * delivery that had to send it has died, or could not: then this one takes over, and everything is told again.
 */
export async function concludeEnded(run: RunRecord, delivery: Delivery, ports: RunPorts): Promise<Disposition> {
  const at = ports.clock.now();
  const hasLeft = await leave({ run, now: at }, ports);
  if (!owesDeadLetter(run)) {
    ports.observe({ event: 'duplicate-acknowledged', run, at });
    return acknowledgeIf(hasLeft, delivery, ports);
  }
  const duty = { owner: delivery.owner, now: at, leaseUntil: leaseOf(delivery, at, ports) };
  if (!(await ports.runs.takeDeadLetter(run, duty))) return { kind: 'postpone', until: plus(at, LOOK_AGAIN) };

  const { endedAt, outcome = 'lost' } = run.attempts.at(-1) ?? {};
  const duration = endedAt && attemptDuration(run, endedAt);
  await concludeFailure(run, { at, error: run.error, outcome, duration }, delivery, ports);
  return acknowledgeIf(hasLeft, delivery, ports);
}

/** Somebody has the run, or it is not due yet: the message comes back when that may have changed. */
export async function concludeHeld(until: EpochMs, { request }: Delivery, ports: RunPorts): Promise<Disposition> {
  ports.observe({ event: 'run-held', runId: request.run, at: ports.clock.now(), until });
  return { kind: 'postpone', until: plus(until, milliseconds(ports.random() * HELD_JITTER)) };
}

/** Closes a run whose last allowed attempt ended without a word, and frees the lock it may still have. */
export async function concludeExhausted(run: RunRecord, delivery: Delivery, ports: RunPorts): Promise<Disposition> {
  const { clock, policy, runs } = ports;
  const at = clock.now();
  const which =
    run.attempt < run.lastAttempt ? "an attempt, of which onTimeout: 'fail' allows no other," : 'the last attempt';
  const error = toRunError(new LostAttemptError(`${which} ended without a word: killed, out of memory, or blocked`));
  const lastAttempt = run.attempt + policy.maxAttempts;
  const { owner } = delivery;
  const leaseUntil = leaseOf(delivery, at, ports);
  const closed = await runs.closeExhausted(run, { at, error, lastAttempt, owner, leaseUntil });
  // Whoever changed it in between has taken over; look again at what it became.
  if (!closed) return { kind: 'postpone', until: plus(at, LOOK_AGAIN) };

  const hasLeft = await leave({ run, now: at }, ports);
  await concludeFailure(run, { at, error, outcome: 'lost' }, delivery, ports);
  return acknowledgeIf(hasLeft, delivery, ports);
}

type Failure = Pick<Extract<RunEvent, { event: 'run-failed' }>, 'at' | 'error' | 'outcome' | 'duration'>;

/**
 * The dead letter before the alert: it must not be lost. The note last: where a delivery dies before it, another one does all
 * of this again once the lease is over, and two dead letters and two alerts are better than none.
 */
async function concludeFailure(
  run: RunRecord,
  { at, error, outcome, duration }: Failure,
  { request, owner }: Delivery,
  ports: RunPorts,
): Promise<void> {
  const { reporter, describeFailure, runs } = ports;
  ports.observe({ event: 'run-failed', run, at, error, outcome, duration });
  try {
    const body = deadLetterBody(request, run, error);
    await reporter.sendDeadLetter({ body, run: run.id, attempts: run.attempt, error });
  } catch (thrown) {
    // The next delivery need not wait until this one's time is over.
    const duty = { owner, now: at, leaseUntil: at };
    await step('leave the dead letter to others', run, ports, () => runs.takeDeadLetter(run, duty));
    throw thrown;
  }
  await step('alert', run, ports, () => reporter.alert(describeFailure(run, error)));
  await step('note the dead letter', run, ports, () => runs.noteDeadLetter(run, at));
}

/** Until when this delivery has what it takes. */
const leaseOf = ({ deadline }: Delivery, now: EpochMs, { policy }: RunPorts): EpochMs =>
  deliveryTimeouts(policy, now, deadline).leaseUntil;

/** Of a delivery that had the lock and made no attempt, or that another one has taken the run from. */
export const abandon = (
  { claimed: { record }, work: { hold } }: Pick<Settled<Work>, 'claimed' | 'work'>,
  ports: RunPorts,
) =>
  hold === undefined
    ? Promise.resolve()
    : step('give the lock back', record, ports, () => ports.gate.abandon(record, hold));

/** @returns whether it came to its end */
async function leave(leaving: Leaving, ports: RunPorts): Promise<boolean> {
  let hasLeft = false;
  await step(leaveStep(leaving), leaving.run, ports, async () => {
    await ports.gate.leave(leaving);
    hasLeft = true;
  });
  return hasLeft;
}

/** What the logs call it. Without a hold another delivery of the run may have left the lock. */
function leaveStep({ hold, nextAttemptAt }: Leaving): string {
  if (hold === undefined) return 'free the lock';
  return nextAttemptAt === undefined ? 'release the lock' : 'extend the lock';
}

/** Runs a step after the outcome is recorded. A failure is logged, not thrown: lease expiry or an alarm covers it. */
const step = (name: string, run: RunRecord, { observe, clock }: RunPorts, action: () => Promise<unknown>) =>
  bestEffort(action, (error) =>
    observe({
      event: 'infrastructure-failed',
      runId: run.id,
      at: clock.now(),
      step: name,
      error: toRunError(error),
    }),
  );

function attemptDuration(run: RunRecord, endedAt: EpochMs): Milliseconds {
  return milliseconds(endedAt - (run.attempts.at(-1)?.startedAt ?? endedAt));
}
