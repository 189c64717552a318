import {
  IdempotencyConfig,
  IdempotencyItemAlreadyExistsError,
  IdempotencyPersistenceLayerError,
  makeIdempotent,
} from '@aws-lambda-powertools/idempotency';
import { BasePersistenceLayer, IdempotencyRecord } from '@aws-lambda-powertools/idempotency/persistence';
import type { Context } from 'aws-lambda';
import type { Claimed, ClaimRequest, Once, Refusal, RunStore, Settlement } from '../run/ports.ts';

/**
 * To be called when a process starts.
 *
 * @throws Error when the environment switches Powertools' idempotency off: every guard would be gone, silently
 */
export function assertIdempotencyIsOn(): void {
  if (new IdempotencyConfig({}).isEnabled()) return;
  throw new Error('POWERTOOLS_IDEMPOTENCY_DISABLED is set: runs could execute twice. Remove the variable');
}

/**
 * `Once` through Powertools' idempotency: its wrapper decides when to claim, work and settle, and this
 * layer does each with one fenced write of the run store.
 *
 * Powertools' own DynamoDB layer updates and deletes without a condition, so a late first owner would
 * overwrite the second's record; and it takes its own retried write for somebody else's.
 */
export function createPowertoolsOnce(store: RunStore, lambdaContext: Context): Once {
  return async (request, work) => {
    const layer = new ClaimLayer(store, request);
    const guarded = makeIdempotent(async (_runId: string) => work(layer.claimed), {
      persistenceStore: layer,
      config: new IdempotencyConfig({ lambdaContext }),
    });
    try {
      const done = await guarded(request.request.run);
      return layer.refusal ?? { kind: 'settled', claimed: layer.claimed, work: done };
    } catch (error) {
      if (layer.refusal !== undefined) return layer.refusal;
      throw error instanceof IdempotencyPersistenceLayerError && error.cause !== undefined ? error.cause : error;
    }
  };
}

/** How Powertools is shown a record that it may not work on. */
const SHOWN_AS: Readonly<Record<Refusal['kind'], 'INPROGRESS' | 'COMPLETED'>> = {
  held: 'INPROGRESS',
  exhausted: 'INPROGRESS',
  ended: 'COMPLETED',
};

/** One delivery's view of its run's record. Made anew for each: it remembers what its claim said. */
class ClaimLayer extends BasePersistenceLayer {
  refusal: Refusal | undefined;
  #claimed: Claimed | undefined;
  readonly #store: RunStore;
  readonly #request: ClaimRequest;

  constructor(store: RunStore, request: ClaimRequest) {
    super();
    this.#store = store;
    this.#request = request;
  }

  get claimed(): Claimed {
    if (this.#claimed === undefined) throw new Error('no claim');
    return this.#claimed;
  }

  /** The run id is the key: the default, an MD5 of the payload behind the function's name, could not be looked up. */
  override getHashedIdempotencyKey(): string {
    return this.#request.request.run;
  }

  protected override async _putRecord(): Promise<void> {
    const claim = await this.#store.claim(this.#request);
    if (claim.kind === 'claimed') {
      this.#claimed = claim;
      return;
    }
    this.refusal = claim;
    throw new IdempotencyItemAlreadyExistsError('refused', this.#existing());
  }

  protected override async _getRecord(): Promise<IdempotencyRecord> {
    return this.#existing();
  }

  protected override async _updateRecord(record: IdempotencyRecord): Promise<void> {
    const done = record.getResponse() as unknown as { readonly settlement: Settlement };
    await this.#store.settle(this.claimed, done.settlement);
  }

  /** Only reached when the work threw, which it never does. The claim stays and lapses: deleting it would forget the run. */
  protected override async _deleteRecord(): Promise<void> {}

  /** Without an expiry: Powertools answers one that has passed with two more tries and an error. */
  #existing(): IdempotencyRecord {
    return new IdempotencyRecord({
      idempotencyKey: this.getHashedIdempotencyKey(),
      status: SHOWN_AS[this.refusal?.kind ?? 'ended'],
    });
  }
}
