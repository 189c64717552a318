import type { Context } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { LeaseLostError } from '../../lib/run/errors.ts';
import type { Once, RunStore, Settlement } from '../../lib/run/ports.ts';
import { assertIdempotencyIsOn, createPowertoolsOnce } from '../../lib/store/claim-layer.ts';
import { createDirectOnce } from '../../lib/store/direct-once.ts';
import { plus } from '../../lib/units.ts';
import { observed } from '../support/observed.ts';
import { claimRequest, DUE, minutes, scheduledRequest } from '../support/requests.ts';
import { ADAPTERS, type Stores } from './stores.ts';

const context = { getRemainingTimeInMillis: () => 80_000 } as Context;
const LATER = plus(DUE, minutes(10));
const completed: Settlement = { status: 'completed', at: DUE, result: { rows: 3 } };
const retrying: Settlement = {
  status: 'retrying',
  at: DUE,
  outcome: 'failed',
  error: { name: 'Error', message: 'no' },
  nextAttemptAt: LATER,
};

const WAYS: readonly { readonly way: string; create(runs: RunStore): Once }[] = [
  { way: 'directly', create: createDirectOnce },
  { way: 'through Powertools', create: (runs) => createPowertoolsOnce(runs, context) },
];

const CASES = ADAPTERS.flatMap((adapter) => WAYS.map((way) => ({ ...adapter, ...way })));

describe.each(CASES)('once, $way, over $name', ({ open, create }) => {
  let stores: Stores;
  beforeAll(async () => {
    stores = await open();
  });
  afterAll(() => stores.close());

  function setup() {
    const { port, calls, failNext } = observed(stores.runs);
    const work = vi.fn(async () => ({ settlement: completed, extra: new Date(0) }));
    return { calls, failNext, once: create(port), work, request: scheduledRequest() };
  }

  test('claims, works and settles in two writes, and gives the work back as it was', async () => {
    const { once, work, request, calls } = setup();

    const turn = await once(claimRequest(request), work);

    expect(turn).toMatchObject({
      kind: 'settled',
      claimed: { claim: 1 },
      work: { settlement: completed, extra: new Date(0) },
    });
    expect(calls).toEqual(['claim', 'settle']);
    expect(await stores.runs.get(request.run)).toMatchObject({ status: 'completed', result: { rows: 3 } });
  });

  test('does not work for a run that has completed', async () => {
    const { once, work, request } = setup();
    await once(claimRequest(request), work);

    const again = await once(claimRequest(request, { owner: 'owner-2', now: LATER }), work);

    expect(again).toMatchObject({ kind: 'ended', record: { status: 'completed' } });
    expect(work).toHaveBeenCalledTimes(1);
  });

  test('does not work for a run that somebody else has', async () => {
    const { once, work, request } = setup();
    await stores.runs.claim(claimRequest(request));

    const turn = await once(claimRequest(request, { owner: 'owner-2' }), work);

    expect(turn.kind).toBe('held');
    expect(work).not.toHaveBeenCalled();
  });

  test('says that a run is exhausted', async () => {
    const { once, work, request } = setup();
    await stores.runs.claim(claimRequest(request, { maxAttempts: 1 }));

    const turn = await once(claimRequest(request, { owner: 'owner-2', now: LATER }), work);

    expect(turn.kind).toBe('exhausted');
    expect(work).not.toHaveBeenCalled();
  });

  test('works again for a retry, years after the first claim', async () => {
    const { once, work, request } = setup();
    await once(claimRequest(request), async () => ({ settlement: retrying }));

    const turn = await once(claimRequest(request, { owner: 'owner-2', now: LATER }), work);

    expect(turn).toMatchObject({ kind: 'settled', claimed: { record: { attempt: 2 } } });
  });

  test('works once when the answer to the claim was lost', async () => {
    const { once, work, request } = setup();
    await stores.runs.claim(claimRequest(request));

    const turn = await once(claimRequest(request), work);

    expect(turn).toMatchObject({ kind: 'settled', claimed: { record: { attempt: 1 } } });
    expect(work).toHaveBeenCalledTimes(1);
  });

  test('lets a lost lease through as itself', async () => {
    const { once, request } = setup();

    const turn = once(claimRequest(request), async () => {
      await stores.runs.claim(claimRequest(request, { owner: 'owner-2', now: LATER }));
      return { settlement: completed };
    });

    await expect(turn).rejects.toBeInstanceOf(LeaseLostError);
    expect(await stores.runs.get(request.run)).toMatchObject({ status: 'running', owner: 'owner-2' });
  });

  test.each(['claim', 'settle'] as const)(
    'lets an error of %s through unchanged, without a second try',
    async (call) => {
      const { once, work, request, calls, failNext } = setup();
      // The name that Powertools itself retries on: from a store it must mean nothing.
      const error = Object.assign(new Error('no table'), { name: 'IdempotencyInconsistentStateError' });
      failNext(call, { when: 'before', error });

      await expect(once(claimRequest(request), work)).rejects.toBe(error);
      expect(calls.filter((each) => each === call)).toHaveLength(1);
    },
  );
});

describe('assertIdempotencyIsOn', () => {
  afterEach(() => vi.unstubAllEnvs());

  test('refuses to start where the environment switches every guard off', () => {
    vi.stubEnv('POWERTOOLS_IDEMPOTENCY_DISABLED', 'true');

    expect(assertIdempotencyIsOn).toThrow('POWERTOOLS_IDEMPOTENCY_DISABLED is set');
  });
});
