import { DynamoDBClient, QueryCommand, type QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { runJob } from 'belfry/testing';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import runDigest from '../../functions/run-digest.ts';

const dynamo = mockClient(DynamoDBClient);
const NOW = new Date('2027-03-02T07:30:00Z');
const DAY = 24 * 60 * 60 * 1000;
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

/** A run of some days earlier. */
const daysBefore = (days: number, job: string, time: string, seconds: number) => {
  const started = at(time) - days * DAY;
  const attempts = [
    { n: 1, cause: 'first', startedAt: started, endedAt: started + seconds * 1000, outcome: 'completed' },
  ];
  return item(job, time, {
    runId: `${job}/${new Date(started).toISOString()}/nightly`,
    scheduledTime: started,
    attempts,
  });
};

/** The last alert of a digest over these runs, by job. */
async function digestOf(runs: Readonly<Record<string, readonly ReturnType<typeof item>[]>>): Promise<string> {
  answer(Object.fromEntries(Object.entries(runs).map(([job, items]) => [job, [items]])));
  const { alerts } = await runJob(runDigest, undefined, { now: NOW });
  return alerts[0]?.body ?? '';
}

/** Answers the queries for jobs' runs, each job's page by page. */
function answer(pages: Readonly<Record<string, readonly (readonly ReturnType<typeof item>[])[]>>): void {
  dynamo.on(QueryCommand).callsFake(({ ExpressionAttributeValues, ExclusiveStartKey }: QueryCommandInput) => {
    const job = String(ExpressionAttributeValues?.[':job']?.S).replace('JOB#', '');
    const index = Number(ExclusiveStartKey?.['page']?.N ?? 0);
    const isLast = index + 1 >= (pages[job]?.length ?? 0);
    return { Items: pages[job]?.[index] ?? [], ...(isLast ? {} : { LastEvaluatedKey: marshall({ page: index + 1 }) }) };
  });
}

describe('run-digest', () => {
  test('says what ran, failed and was skipped in the day before, and what was slowest', async () => {
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

    expect(outcome).toEqual({
      kind: 'completed',
      result: { runs: 4, completed: 2, failed: 1, skipped: 1, missed: 0, slower: [] },
    });
    expect(alerts).toEqual([
      {
        subject: 'Runs of the last day: 2 completed, 1 failed, 1 skipped, 0 missed',
        body: [
          '2027-03-01 07:30 UTC to 2027-03-02 07:30 UTC: 2 completed, 1 failed, 1 skipped',
          '',
          'Completed  66.6 % (2 of 3), the week before none',
          'Durations  median 1.0 s, p95 9.0 s, the week before none',
          '',
          'Failed (1)',
          '  report  1 failed, last: Error: no connection (report/2027-03-02T02:00Z/nightly)',
          '',
          'Skipped (1)',
          '  overlap  1: report',
          '',
          'Slowest',
          '  heartbeat/2027-03-02T00:55Z/nightly  9.0 s',
          '  heartbeat/2027-03-02T01:00Z/nightly  1.0 s',
        ].join('\n'),
      },
    ]);
  });

  test('asks for exactly the day before its due time and the week before that, once a job', async () => {
    answer({});

    await runJob(runDigest, undefined, { now: NOW });

    expect(dynamo.commandCalls(QueryCommand)).toHaveLength(3);
    expect(dynamo.commandCalls(QueryCommand)[0]?.args[0].input).toMatchObject({
      TableName: 'app-dev-runs',
      ExpressionAttributeValues: marshall({
        ':job': 'JOB#heartbeat',
        ':from': 'RUN#2027-02-22T07:30:00.000Z',
        ':to': 'RUN#2027-03-02T07:30:00.000Z$',
      }),
      ScanIndexForward: false,
    });
  });

  test('compares the share that completed with the week before, rounded down', async () => {
    const week = Array.from({ length: 2000 }, (_, index) => daysBefore(3, 'report', '02:00', index % 2));
    const failed = daysBefore(2, 'report', '02:00', 1);
    const body = await digestOf({
      report: [
        item('report', '02:00', { status: 'missed', attempts: [] }),
        item('report', '01:00', { status: 'skipped', reason: 'too-late', attempts: [] }),
        item('report', '00:30', { status: 'skipped', reason: 'calendar', attempts: [] }),
        item('report', '00:00', {}),
        ...week,
        { ...failed, status: { S: 'failed' } },
      ],
    });

    // What a calendar leaves out should not have completed.
    expect(body).toContain('Completed  33.3 % (1 of 3), the week before 99.9 %');
  });

  test('compares the durations of completed runs with the week before, each without the other', async () => {
    const body = await digestOf({
      report: [
        ...[4, 2, 90].map((seconds, index) => item('report', `0${index}:00`, {}, seconds)),
        item('report', '05:00', { status: 'failed' }, 600),
        ...[1, 3, 200].map((seconds) => daysBefore(1, 'report', '06:00', seconds)),
      ],
    });

    expect(body).toContain('Durations  median 4.0 s, p95 90.0 s, the week before median 3.0 s, p95 3.3 min');
  });

  test('names what was missed, and of what was skipped the reasons with their jobs', async () => {
    const body = await digestOf({
      heartbeat: [item('heartbeat', '03:00', { status: 'skipped', reason: 'overlap', attempts: [] })],
      report: [
        item('report', '05:00', { status: 'missed', attempts: [] }),
        item('report', '04:00', { status: 'skipped', reason: 'too-late', attempts: [] }),
        item('report', '03:00', { status: 'skipped', reason: 'overlap', attempts: [] }),
      ],
    });

    expect(body).toContain(['Missed (1)', '  report  1 missed, last: report/2027-03-02T05:00Z/nightly'].join('\n'));
    expect(body).toContain(['Skipped (3)', '  overlap  2: heartbeat, report', '  too-late  1: report'].join('\n'));
  });

  const failing = (job: string, count: number, message = 'no connection') =>
    Array.from({ length: count }, (_, index) =>
      item(job, `0${index}:00`, { status: 'failed', error: { name: 'Error', message: `${message} ${index}` } }),
    );
  const failedIn = (body: string): readonly string[] =>
    body.slice(body.indexOf('Failed (')).split('\n\n', 1)[0]?.split('\n') ?? [];

  test('names every job that failed, the worst first, with how often and its last error', async () => {
    const counts = { alpha: 4, beta: 9, gamma: 1, delta: 7, epsilon: 9 };
    vi.stubEnv('BELFRY_JOBS', Object.keys(counts).join(','));

    const body = await digestOf(
      Object.fromEntries(Object.entries(counts).map(([job, count]) => [job, failing(job, count)])),
    );

    expect(failedIn(body)).toEqual([
      'Failed (30)',
      '  beta  9 failed, last: Error: no connection 8 (beta/2027-03-02T08:00Z/nightly)',
      '  epsilon  9 failed, last: Error: no connection 8 (epsilon/2027-03-02T08:00Z/nightly)',
      '  delta  7 failed, last: Error: no connection 6 (delta/2027-03-02T06:00Z/nightly)',
      '  alpha  4 failed, last: Error: no connection 3 (alpha/2027-03-02T03:00Z/nightly)',
      '  gamma  1 failed, last: Error: no connection 0 (gamma/2027-03-02T00:00Z/nightly)',
    ]);
  });

  test('names jobs beyond the first twenty that failed without their errors', async () => {
    const jobs = Array.from({ length: 22 }, (_, index) => `job-${index}`);
    vi.stubEnv('BELFRY_JOBS', jobs.join(','));

    const body = await digestOf(Object.fromEntries(jobs.map((job) => [job, failing(job, 1)])));

    expect(failedIn(body)).toHaveLength(22);
    expect(failedIn(body).at(-1)).toBe('  and of 2 more: job-20 1, job-21 1');
  });

  test('shows an error on one line, and of a long one the beginning', async () => {
    const [, line = ''] = failedIn(await digestOf({ report: failing('report', 1, `a\n\nb ${'x'.repeat(500)}`) }));

    expect(line).toMatch(/last: Error: a b x+… \(report\/2027-03-02T00:00Z\/nightly\)$/);
    expect(line.length).toBeLessThan(300);
  });

  test('names the first of the slowest runs', async () => {
    const body = await digestOf({
      report: Array.from({ length: 7 }, (_, index) => item('report', `0${index}:00`, {}, index)),
    });

    expect(body.slice(body.indexOf('Slowest')).split('\n')).toHaveLength(6);
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

describe('a job is slower', () => {
  const lastWeek = (seconds: number, count = 3) =>
    Array.from({ length: count }, () => daysBefore(2, 'report', '02:00', seconds));
  const today = (seconds: number, count = 1) =>
    Array.from({ length: count }, () => item('report', '02:00', {}, seconds));
  const slowerIn = (body: string): string | undefined =>
    /Slower than in the week before.*\n(.*)/.exec(body)?.[1]?.trim();

  test('when the median of its runs is half as long again as in the week before, with both figures', async () => {
    expect(slowerIn(await digestOf({ report: [...today(9), ...lastWeek(6)] }))).toBe(
      'report  median 9.0 s, before 6.0 s',
    );
    expect(slowerIn(await digestOf({ report: [...today(8.9), ...lastWeek(6)] }))).toBeUndefined();
  });

  test('not for less than a second more', async () => {
    expect(slowerIn(await digestOf({ report: [...today(1.9), ...lastWeek(1)] }))).toBeUndefined();
  });

  test('not without three runs of the week before to compare with', async () => {
    expect(slowerIn(await digestOf({ report: [...today(90), ...lastWeek(6, 2)] }))).toBeUndefined();
  });

  test('by the p95 where only its slowest runs take longer, and there are enough of them', async () => {
    const many = [...today(6, 18), ...today(60, 2), ...lastWeek(6, 20)];

    expect(slowerIn(await digestOf({ report: many }))).toBe('report  p95 60.0 s, before 6.0 s');
    expect(slowerIn(await digestOf({ report: many.slice(0, -1) }))).toBeUndefined();
  });

  test('first where it has become so by most times', async () => {
    const sync = [item('sync', '02:00', {}, 100), ...[1, 2, 3].map((days) => daysBefore(days, 'sync', '02:00', 10))];

    vi.stubEnv('BELFRY_JOBS', 'report,sync');
    answer({ report: [[...today(9), ...lastWeek(6)]], sync: [sync] });
    const { outcome } = await runJob(runDigest, undefined, { now: NOW });

    expect(outcome).toMatchObject({ result: { slower: ['sync', 'report'] } });
  });
});
