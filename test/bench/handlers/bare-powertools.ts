import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { BasePersistenceLayer, IdempotencyRecord } from '@aws-lambda-powertools/idempotency/persistence';
import { Logger } from '@aws-lambda-powertools/logger';
import type { Context, SQSEvent } from 'aws-lambda';
import { handle } from './bare.ts';

const logger = new Logger({ serviceName: 'bare' });

class Layer extends BasePersistenceLayer {
  protected override async _putRecord(): Promise<void> {}
  protected override async _updateRecord(): Promise<void> {}
  protected override async _deleteRecord(): Promise<void> {}
  protected override async _getRecord(): Promise<IdempotencyRecord> {
    return new IdempotencyRecord({ idempotencyKey: 'run', status: 'INPROGRESS' });
  }
}

/** The bare handler with the parts of Powertools that Belfry uses. */
export async function handler(event: SQSEvent, lambdaContext: Context): Promise<void> {
  const config = new IdempotencyConfig({ lambdaContext });
  const guarded = makeIdempotent(handle, { persistenceStore: new Layer(), config });
  for (const record of event.Records) {
    logger.info('started', { messageId: record.messageId });
    await guarded(record);
  }
}
