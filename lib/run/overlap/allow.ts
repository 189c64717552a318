import type { Gate } from './gate.ts';

/** `overlap: 'allow'`: every run enters. There is no lock, and no read or write for one. */
export function createAllowGate(): Gate {
  return {
    enter: async ({ claimed }) => ({ kind: 'enter', fencingToken: claimed.claim }),
    async leave() {},
    async abandon() {},
  };
}
