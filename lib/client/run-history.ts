import { DynamoDBClient, type DynamoDBClientConfig, paginateQuery } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { ENVIRONMENT, JOBS_IN_BUNDLE, JOBS_VARIABLE, type Variables } from '../environment.ts';
import type { RunRecord } from '../run/record.ts';
import { jobPartition, RUN_PREFIX } from '../store/dynamodb/keys.ts';
import { toRunRecord } from '../store/dynamodb/run-item.ts';

/** The names of all jobs, comma-separated. Synth puts them in when it bundles the functions; elsewhere it does not exist. */
declare const BELFRY_BUNDLED_JOBS: string | undefined;

/** Which runs: those due (or, if asked for, requested) in this period, `to` included. */
export interface RunPeriod {
  readonly from: Date;
  readonly to: Date;
}

/** Reads what the table knows of past runs. */
export interface RunHistory {
  /** The jobs of the deployment. */
  readonly jobs: readonly string[];
  /** A job's runs of a period, newest first; read page by page as they are asked for. */
  runsOf(job: string, period: RunPeriod): AsyncIterable<RunRecord>;
}

export interface RunHistoryOptions {
  readonly table: string;
  readonly jobs: readonly string[];
  /** For tests and tools; a job's function needs none. */
  readonly client?: DynamoDBClientConfig;
}

export function createRunHistory({ table, jobs, client: config = {} }: RunHistoryOptions): RunHistory {
  const client = new DynamoDBClient(config);
  return {
    jobs,
    async *runsOf(job, { from, to }) {
      const pages = paginateQuery(
        { client },
        {
          TableName: table,
          KeyConditionExpression: 'pk = :job AND sk BETWEEN :from AND :to',
          ExpressionAttributeValues: marshall({
            ':job': jobPartition(job),
            ':from': `${RUN_PREFIX}${from.toISOString()}`,
            // `$` sorts behind the `#` that follows the time in a key: the period's last instant is part of it.
            ':to': `${RUN_PREFIX}${to.toISOString()}$`,
          }),
          ScanIndexForward: false,
        },
      );
      for await (const { Items = [] } of pages) yield* Items.map((item) => toRunRecord(unmarshall(item)));
    },
  };
}

/**
 * The history of the deployment that a job runs in.
 *
 * @throws Error when `infra/access.ts` does not let the job read it
 */
export function openRunHistory(variables: Variables = process.env): RunHistory {
  const table = variables[ENVIRONMENT.table];
  const listed = variables[JOBS_VARIABLE];
  if (table === undefined || listed === undefined) {
    throw new Error('this job may not read the runs of others. Let it in infra/access.ts: belfry.job(…).readsRuns()');
  }
  const jobs = listed === JOBS_IN_BUNDLE ? bundledJobs() : listed;
  return createRunHistory({ table, jobs: jobs.split(',').filter((job) => job !== '') });
}

/** @throws Error in code that synth has not bundled */
function bundledJobs(): string {
  if (typeof BELFRY_BUNDLED_JOBS === 'string') return BELFRY_BUNDLED_JOBS;
  throw new Error(
    `${JOBS_VARIABLE} is ${JOBS_IN_BUNDLE}, and this code is not bundled by synth: set the names of the jobs, comma-separated`,
  );
}
