/** Values that throw, or never end, when something reads, spreads, compares or writes them. */
export function hostileValues(): Readonly<Record<string, unknown>> {
  const refuse = () => {
    throw new Error('not to be read');
  };
  const traps = Object.fromEntries(
    ['get', 'has', 'ownKeys', 'getPrototypeOf', 'getOwnPropertyDescriptor'].map((trap) => [trap, refuse]),
  );
  const cycle: Record<string, unknown> = { name: 'cycle' };
  cycle.self = cycle;
  const [one, other] = [new Error('one'), new Error('other')];
  one.cause = other;
  other.cause = one;
  const withGetter = Object.defineProperty(new Error('visible'), 'code', { enumerable: true, get: refuse });
  let deep: unknown = 'end';
  for (let depth = 0; depth < 20_000; depth++) deep = { deep };
  return {
    'a getter that throws': Object.defineProperty({}, 'secret', { enumerable: true, get: refuse }),
    'an error with a getter that throws': withGetter,
    'an error whose message cannot be read': Object.defineProperty(new Error('x'), 'message', { get: refuse }),
    'an error whose stack is no text': Object.defineProperty(new Error('x'), 'stack', { value: 5 }),
    'errors that are each other’s cause': one,
    'a cycle': cycle,
    'a proxy that refuses everything': new Proxy({}, traps),
    'a proxy of an error that refuses everything': new Proxy(new Error('x'), traps),
    'a revoked proxy': revoked(),
    'a BigInt': 10n,
    'a BigInt beside a getter that throws': Object.defineProperty({ big: 10n }, 'bad', {
      enumerable: true,
      get: refuse,
    }),
    'a toJSON that throws': { toJSON: refuse },
    'a toJSON that throws what cannot be read': {
      toJSON() {
        throw new Proxy({}, traps);
      },
    },
    'a toString that throws': { toString: refuse },
    'a symbol': Symbol('mark'),
    'a function': refuse,
    'an invalid date': new Date(Number.NaN),
    'a nest of 20,000 objects': deep,
    nothing: null,
    'no value': undefined,
  };
}

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}
