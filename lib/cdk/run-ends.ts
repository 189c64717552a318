import type { CfnEventSourceMappingProps } from 'aws-cdk-lib/aws-lambda';
import { WATCHDOG } from '../job/names.ts';
import { hasEnded, RUN_STATUSES } from '../run/record.ts';
import { jobPartition, RUN_PREFIX, TABLE } from '../store/dynamodb/keys.ts';

/** How long an event may wait for its bus: a stream has its records for 24 hours. */
const MAX_AGE_SECONDS = 12 * 3600;

/** Changes of records that have ended, of the watchdog's own runs none: there is one a minute. */
const PATTERN = {
  eventName: ['INSERT', 'MODIFY'],
  dynamodb: {
    Keys: {
      [TABLE.partitionKey]: { S: [{ 'anything-but': [jobPartition(WATCHDOG)] }] },
      [TABLE.sortKey]: { S: [{ prefix: RUN_PREFIX }] },
    },
    NewImage: { status: { S: RUN_STATUSES.filter(hasEnded) } },
  },
};

/** How the alerts function reads the table's stream. */
export const RUN_ENDS = {
  // From when the stream exists: what ends while the function is being created is an event too.
  startingPosition: 'TRIM_HORIZON',
  batchSize: 10,
  bisectBatchOnFunctionError: true,
  maximumRecordAgeInSeconds: MAX_AGE_SECONDS,
  functionResponseTypes: ['ReportBatchItemFailures'],
  filterCriteria: { filters: [{ pattern: JSON.stringify(PATTERN) }] },
} as const satisfies Partial<CfnEventSourceMappingProps>;
