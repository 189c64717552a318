import type { WatchdogPorts } from './ports.ts';

/** How many queues may fail in one pass before no other is tried. */
const MAX_FAILING_QUEUES = 3;

/**
 * The ports with circuit breakers before EventBridge and the queues. They stay open for the rest of the pass: a pass has
 * one minute, and a hanging call takes seconds of it.
 */
export function withCircuitBreakers(ports: WatchdogPorts): WatchdogPorts {
  const { findDeployed, send, countMessages } = ports;
  return {
    ...ports,
    findDeployed: breakFind(findDeployed),
    send: breakSend(send),
    countMessages: breakCount(countMessages),
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

/** Opens for a queue on its first failed call, and for all queues when several have failed. */
function breakSend(send: WatchdogPorts['send']): WatchdogPorts['send'] {
  const failures = new Map<string, unknown>();
  return async (run, options) => {
    const { job } = run;
    const isOpen = failures.size >= MAX_FAILING_QUEUES;
    const known = failures.get(job) ?? (isOpen ? [...failures.values()].at(-1) : undefined);
    if (known !== undefined) throw known;
    try {
      await send(run, options);
    } catch (error) {
      failures.set(job, error);
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
