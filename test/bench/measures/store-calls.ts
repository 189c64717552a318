import { exactly, type Measure, type Row, type Unit } from '../figures.ts';
import { countStoreCalls, type StoreCalls, type StoreCallsCase } from '../support/store-calls.ts';

const CASES: Readonly<Record<StoreCallsCase, string>> = {
  allow: 'overlap allowed',
  locked: 'under a lock',
  retried: 'under a lock, completed by the second attempt',
};

const UNITS: Readonly<Record<keyof StoreCalls, Unit>> = { writes: 'writes', reads: 'reads', roundTrips: 'round trips' };

const BUDGETS: Partial<Record<StoreCallsCase, Partial<StoreCalls>>> = {
  allow: { writes: 2, reads: 1, roundTrips: 2 },
  locked: { writes: 4 },
};

export const storeCalls: Measure = {
  name: 'store-calls',
  title: 'Store calls a run, counted',
  async measure() {
    const counted = await countStoreCalls();
    const names = Object.keys(CASES) as StoreCallsCase[];
    return { rows: names.flatMap((name) => rowsOf(name, counted[name])), notes: [] };
  },
};

function rowsOf(name: StoreCallsCase, calls: StoreCalls): Row[] {
  const kinds = Object.keys(UNITS) as (keyof StoreCalls)[];
  return kinds.map((kind) => {
    const budget = BUDGETS[name]?.[kind];
    return {
      what: CASES[name],
      unit: UNITS[kind],
      belfry: exactly(calls[kind]),
      ...(budget === undefined ? {} : { budget }),
    };
  });
}
