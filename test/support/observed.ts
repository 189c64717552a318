/** Where a call fails: before it reaches the store, or after the store has applied it and the answer is lost. */
export interface Fault {
  readonly when: 'before' | 'after';
  readonly error: Error;
}

/** A port with every call noted, and faults on demand. */
export interface Observed<Port> {
  readonly port: Port;
  /** The names of the calls so far. */
  readonly calls: string[];
  /** Has the next call of this name fail. */
  failNext(call: keyof Port & string, fault: Fault): void;
}

/** Stands before a port and counts, as the budget of store calls is asserted, and fails as a network does. */
export function observed<Port extends object>(target: Port): Observed<Port> {
  const calls: string[] = [];
  const faults = new Map<string, Fault>();
  const port = new Proxy(target, {
    get(object, name: string) {
      const method: unknown = Reflect.get(object, name);
      if (typeof method !== 'function') return method;
      return async (...args: unknown[]) => {
        calls.push(name);
        const fault = faults.get(name);
        faults.delete(name);
        if (fault?.when === 'before') throw fault.error;
        const answer: unknown = await method.apply(object, args);
        if (fault !== undefined) throw fault.error;
        return answer;
      };
    },
  });
  return { port, calls, failNext: (call, fault) => faults.set(call, fault) };
}
