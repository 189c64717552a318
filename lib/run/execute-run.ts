import { unreachable } from '../errors.ts';
import { retriesTimeouts } from '../job/on-timeout.ts';
import { isDue } from '../job/trigger.ts';
import { plus } from '../units.ts';
import { recoveryDelay } from './backoff.ts';
import { abandon, concludeEnded, concludeExhausted, concludeHeld, concludeSettled } from './conclude.ts';
import type { Delivery, Disposition, Executed, RunPorts } from './delivery.ts';
import { LeaseLostError } from './errors.ts';
import type { Claimed, ClaimRequest, Refusal, Settled } from './ports.ts';
import { toRunError } from './run-error.ts';
import { type DeliveryTimeouts, deliveryTimeouts, EARLIEST_LOOK } from './timeouts.ts';
import { performWork, type Work } from './work.ts';

/**
 * Executes one delivery of a run's message, whatever it is: the first, a retry, a duplicate, a late
 * copy, a dead letter moved back. The one path from a message to a record.
 *
 * Claims the run, enters the gate of the job's overlap policy, makes the attempt, records its outcome, leaves the gate, and
 * says what is to be done with the message. Never throws: a failing table or queue is a reason to look
 * at the message again later.
 */
export async function executeRun(delivery: Delivery, ports: RunPorts): Promise<Executed> {
  let done: { readonly claimed: Claimed; readonly work: Work } | undefined;
  try {
    const { times, claim } = planDelivery(delivery, ports);
    const turn = await ports.once(claim, async (claimed) => {
      const work = await performWork({ claimed, delivery, times }, ports);
      done = { claimed, work };
      return work;
    });
    return { disposition: await conclude(turn, delivery, ports), mustExit: mustExit(done) };
  } catch (error) {
    if (error instanceof LeaseLostError && done !== undefined) await abandon(done, ports);
    return { disposition: recover(error, delivery, ports), mustExit: mustExit(done) };
  }
}

const mustExit = (done: { readonly work: Work } | undefined): boolean => done?.work.mustExit === true;

async function conclude(turn: Settled<Work> | Refusal, delivery: Delivery, ports: RunPorts): Promise<Disposition> {
  switch (turn.kind) {
    case 'settled':
      return await concludeSettled(turn, delivery, ports);
    case 'ended':
      return await concludeEnded(turn.record, delivery, ports);
    case 'exhausted':
      return await concludeExhausted(turn.record, delivery, ports);
    case 'held':
      return await concludeHeld(turn.until, delivery, ports);
    default:
      return unreachable(turn);
  }
}

function planDelivery(
  delivery: Delivery,
  { clock, policy }: RunPorts,
): { times: DeliveryTimeouts; claim: ClaimRequest } {
  const { request, deadLetterAttempts, receiveCount, deadline, ...ids } = delivery;
  const now = clock.now();
  const times = deliveryTimeouts(policy, now, deadline);
  const isFirst = receiveCount === 1 && deadLetterAttempts === undefined && isDue(request.trigger);
  // The watchdog looks at a due time once, and has tracked what it finds running then; not what begins after that.
  const isTracked = !isFirst || now > plus(request.scheduledTime, EARLIEST_LOOK);
  const { leaseUntil } = times;
  const { maxAttempts } = policy;
  const retriesLost = retriesTimeouts(policy.onTimeout);
  return {
    times,
    claim: { request, now, leaseUntil, maxAttempts, retriesLost, deadLetterAttempts, isTracked, ...ids },
  };
}

/**
 * Whoever lost its lease touches nothing of the run any more. After any other error the message is looked at again,
 * later each time.
 */
function recover(
  error: unknown,
  { request, receiveCount }: Delivery,
  { clock, observe, random }: RunPorts,
): Disposition {
  const runId = request.run;
  const at = clock.now();
  if (error instanceof LeaseLostError) {
    observe({ event: 'lease-lost', runId, at });
    return { kind: 'leave' };
  }
  observe({ event: 'infrastructure-failed', runId, at, step: 'execute', error: toRunError(error) });
  return { kind: 'postpone', until: plus(at, recoveryDelay(receiveCount, random())) };
}
