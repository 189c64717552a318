import { DynamoDBClient, QueryCommand, type QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { runJob } from 'belfry/testing';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import runDigest from '../../functions/run-digest.ts';

const dynamo = mockClient(DynamoDBClient);
const NOW = new Date('2027-03-02T07:30:00Z');
const at = (time: string): number => Date.parse(`2027-03-02T${time}:00Z`);

beforeEach(() => {
  dynamo.reset();
  vi.stubEnv('BELFRY_TABLE', 'app-dev-runs');
  vi.stubEnv('BELFRY_JOBS', 'heartbeat,report,run-digest');
});
afterEach(() => vi.unstubAllEnvs());

/** A run of a job that was due at this time and took so many seconds. */
function item(job: string, time: string, fields: Record<string, unknown>, seconds = 1) {
  const started = at(time);
  const attempt = { n: 1, cause: 'first', startedAt: started, endedAt: started + seconds * 1000, outcome: 'completed' };
  const run = {
    runId: `${job}/2027-03-02T${time}Z/nightly`,
    job,
    scheduledTime: started,
    trigger: 'schedule',
    createdAt: started,
  };
  return marshall({ ...run, status: 'completed', attempt: 1, attempts: [attempt], ...fields });
}

/** Answers the queries for jobs' runs, each job's page by page. */
function answer(pages: Readonly<Record<string, readonly ReturnType<typeof item>[][]>>): void {
  dynamo.on(QueryCommand).callsFake(({ ExpressionAttributeValues, ExclusiveStartKey }: QueryCommandInput) => {
    const job = String(ExpressionAttributeValues?.[':job']?.S).replace('JOB#', '');
    const index = Number(ExclusiveStartKey?.['page']?.N ?? 0);
    const isLast = index + 1 >= (pages[job]?.length ?? 0);
    return { Items: pages[job]?.[index] ?? [], ...(isLast ? {} : { LastEvaluatedKey: marshall({ page: index + 1 }) }) };
  });
}

describe('run-digest', () => {
  test('tells what ran, failed and was skipped in the day before, and what was slowest', async () => {
    answer({
      heartbeat: [[item('heartbeat', '01:00', {})], [item('heartbeat', '00:55', {}, 9)]],
      report: [
        [
          item('report', '02:00', { status: 'failed', error: { name: 'Error', message: 'no connection' } }),
          item('report', '01:00', { status: 'skipped', reason: 'overlap' }),
        ],
      ],
    });

    const { outcome, alerts } = await runJob(runDigest, undefined, { now: NOW });

    expect(outcome).toEqual({ kind: 'completed', result: { runs: 4, completed: 2, failed: 1, skipped: 1, missed: 0 } });
    expect(alerts).toEqual([
      {
        subject: 'Runs of the last day: 2 completed, 1 failed, 1 skipped, 0 missed',
        body: [
          '2027-03-01 07:30 UTC to 2027-03-02 07:30 UTC: 2 completed, 1 failed, 1 skipped',
          '',
          'Failed (1)',
          '  report/2027-03-02T02:00Z/nightly  Error: no connection',
          '',
          'Slowest',
          '  heartbeat/2027-03-02T00:55Z/nightly  9.0 s',
          '  heartbeat/2027-03-02T01:00Z/nightly  1.0 s',
        ].join('\n'),
      },
    ]);
  });

  test('asks for exactly the day before its due time', async () => {
    answer({});

    await runJob(runDigest, undefined, { now: NOW });

    expect(dynamo.commandCalls(QueryCommand)[0]?.args[0].input).toMatchObject({
      TableName: 'app-dev-runs',
      ExpressionAttributeValues: marshall({
        ':job': 'JOB#heartbeat',
        ':from': 'RUN#2027-03-01T07:30:00.000Z',
        ':to': 'RUN#2027-03-02T07:30:00.000Z$',
      }),
      ScanIndexForward: false,
    });
  });

  test('leaves itself out, and says so when nothing ran', async () => {
    answer({
      'run-digest': [[item('run-digest', '07:30', { runId: 'run-digest/2027-03-02T07:30Z/test', status: 'running' })]],
    });

    const { alerts } = await runJob(runDigest, undefined, { now: NOW });

    expect(alerts[0]?.body).toBe('2027-03-01 07:30 UTC to 2027-03-02 07:30 UTC: no runs');
  });

  test('says how to let it read the runs of others', async () => {
    vi.stubEnv('BELFRY_JOBS', undefined);

    const { outcome } = await runJob(runDigest, undefined);

    expect(outcome).toMatchObject({
      kind: 'retrying',
      error: { message: expect.stringContaining('belfry.job(…).readsRuns()') },
    });
  });
});
