import type { WatchdogPorts } from './ports.ts';

/** After the first time that EventBridge cannot be asked it is not asked again: a look has a minute, and calls are long. */
export function askUntilItFails(find: WatchdogPorts['findDeployed']): WatchdogPorts['findDeployed'] {
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

/** How many queues may fail in one look before nothing more is sent. */
const MOST_FAILING = 3;

/** After the first time that a queue refuses it is not tried again, for the same reason; nor any, when several do. */
export function sendUntilItFails(send: WatchdogPorts['send']): WatchdogPorts['send'] {
  const failures = new Map<string, unknown>();
  return async (queue, body, delay) => {
    const known = failures.get(queue) ?? (failures.size >= MOST_FAILING ? [...failures.values()].at(-1) : undefined);
    if (known !== undefined) throw known;
    try {
      await send(queue, body, delay);
    } catch (error) {
      failures.set(queue, error);
      throw error;
    }
  };
}
