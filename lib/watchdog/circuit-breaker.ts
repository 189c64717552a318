import { SECOND } from '../units.ts';
import type { WatchdogPorts } from './ports.ts';

/** How many messages in a row a queue may refuse in one pass before it is not tried any more. */
export const MAX_REFUSALS = 3;
/** How many queues may fail so in one pass before no other is tried. */
const MAX_FAILING_QUEUES = 3;
/** A call that fails after so long hangs: a second one would cost as much of the pass. */
const HANGS_AFTER = 3 * SECOND;

/**
 * The ports with circuit breakers before EventBridge and the queues. They stay open for the rest of the pass: a pass has
 * one minute, and a hanging call takes seconds of it.
 */
export function withCircuitBreakers(ports: WatchdogPorts): WatchdogPorts {
  const { findDeployed, countMessages, countUntaken } = ports;
  return {
    ...ports,
    findDeployed: breakFind(findDeployed),
    send: breakSend(ports),
    countMessages: breakCount(countMessages),
    countUntaken: breakCount(countUntaken),
  };
}

/** Opens on the first failed call. */
function breakFind(find: WatchdogPorts['findDeployed']): WatchdogPorts['findDeployed'] {
  let failure: { readonly error: unknown } | undefined;
  return async (name) => {
    if (failure !== undefined) throw failure.error;
    try {
      return await find(name);
    } catch (error) {
      failure = { error };
      throw error;
    }
  };
}

/**
 * Opens for a queue that has refused several messages in a row, or hangs, and for all queues when it is open for several. One
 * message that is refused may be at fault itself, and holds up no other.
 */
function breakSend({ send, now }: WatchdogPorts): WatchdogPorts['send'] {
  const refusals = new Map<string, number>();
  const failures = new Map<string, unknown>();
  return async (run, options) => {
    const { job } = run;
    const isOpen = failures.size >= MAX_FAILING_QUEUES;
    const known = failures.get(job) ?? (isOpen ? [...failures.values()].at(-1) : undefined);
    if (known !== undefined) throw known;
    const startedAt = now();
    try {
      await send(run, options);
      refusals.delete(job);
    } catch (error) {
      const inARow = (refusals.get(job) ?? 0) + 1;
      refusals.set(job, inARow);
      if (inARow >= MAX_REFUSALS || now() - startedAt >= HANGS_AFTER) failures.set(job, error);
      throw error;
    }
  };
}

/** Opens when several queues have failed. */
function breakCount(count: WatchdogPorts['countMessages']): WatchdogPorts['countMessages'] {
  const failures: unknown[] = [];
  return async (queue) => {
    if (failures.length >= MAX_FAILING_QUEUES) throw failures.at(-1);
    try {
      return await count(queue);
    } catch (error) {
      failures.push(error);
      throw error;
    }
  };
}
