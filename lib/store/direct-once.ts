import type { Once, RunStore } from '../run/ports.ts';

/** `Once` straight over a store: what the claim layer does, without Powertools between. */
export function createDirectOnce(store: RunStore): Once {
  return async (request, work) => {
    const claim = await store.claim(request);
    if (claim.kind !== 'claimed') return claim;
    const done = await work(claim);
    await store.settle(claim, done.settlement);
    return { kind: 'settled', claimed: claim, work: done };
  };
}
