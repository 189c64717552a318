import type { EpochMs } from '../units.ts';
import { milliseconds, plus } from '../units.ts';
import { concludeEnded, concludeExhausted, concludeSettled } from './conclude.ts';
import type { Delivery, Disposition, RunPorts } from './delivery.ts';
import { LeaseLostError } from './errors.ts';
import { toRunError } from './run-error.ts';
import { deliveryTimeouts } from './timeouts.ts';
import { performWork } from './work.ts';

const HELD_JITTER = 5_000;
const FIRST_RECOVERY = 5_000;
const LONGEST_RECOVERY = 15 * 60_000;

/**
 * Executes one delivery of a run's message, whatever it is: the first, a retry, a duplicate, a late
 * copy, a letter moved back. The one path from a message to a record.
 *
 * Claims the run, takes the job's lock, makes the attempt, records its outcome, frees the lock, and
 * says what is to be done with the message. Never throws: a failing table or queue is a reason to look
 * at the message again later. `mustExit` is set when the job still runs in spite of its signal: the
 * process has to end, or the promise would go on inside the next run.
 */
export async function executeRun(delivery: Delivery, ports: RunPorts): Promise<Disposition> {
  const { clock, observe, policy } = ports;
  const { request, owner, isRedrive, receiveCount, logStream, requestId } = delivery;
  const now = clock.now();
  const times = deliveryTimeouts(policy, now, delivery.deadline);
  const isTracked = receiveCount > 1 || isRedrive || request.schedule === null;
  const { leaseUntil } = times;
  const { maxAttempts } = policy;

  try {
    const turn = await ports.once(
      { request, owner, now, leaseUntil, maxAttempts, isRedrive, isTracked, logStream, requestId },
      (claimed) => performWork({ claimed, delivery, times }, ports),
    );
    switch (turn.kind) {
      case 'settled':
        return await concludeSettled(turn, delivery, ports);
      case 'ended':
        return await concludeEnded(turn.record, delivery, ports);
      case 'exhausted':
        return await concludeExhausted(turn.record, delivery, ports);
      case 'held':
        observe({ event: 'run-held', runId: request.run, at: clock.now(), until: turn.until });
        return postpone(plus(turn.until, milliseconds(ports.random() * HELD_JITTER)));
    }
  } catch (error) {
    if (error instanceof LeaseLostError) {
      observe({ event: 'lease-lost', runId: request.run, at: clock.now() });
      return { kind: 'leave' };
    }
    return recover(error, delivery, ports);
  }
}

/** Waits longer each time: a table that is throttled is not helped by more calls. */
function recover(
  error: unknown,
  { request, receiveCount }: Delivery,
  { clock, observe, random }: RunPorts,
): Disposition {
  const at = clock.now();
  observe({ event: 'infrastructure-failed', runId: request.run, at, step: 'execute', error: toRunError(error) });
  const longest = Math.min(LONGEST_RECOVERY, FIRST_RECOVERY * 2 ** receiveCount);
  return postpone(plus(at, milliseconds(FIRST_RECOVERY + longest * random())));
}

const postpone = (until: EpochMs): Disposition => ({ kind: 'postpone', until, mustExit: false });
