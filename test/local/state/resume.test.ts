import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { expect, test } from 'vitest';
import { unfinishedRuns } from '../../../lib/local/state/resume.ts';
import type { Manifest } from '../../../lib/manifest.ts';
import type { RunRequest } from '../../../lib/run/ports.ts';
import type { RunStatus } from '../../../lib/run/record.ts';
import { runKey } from '../../../lib/store/dynamodb/keys.ts';
import { DUE } from '../../support/requests.ts';
import { runsTable } from '../dynamodb/runs-table.ts';
import { startCloud } from '../support/cloud.ts';

const manifest = {
  jobs: [{ name: 'report', resources: { queue: 'app-dev-report' } }],
  watchdog: { name: 'watchdog', resources: { queue: 'app-dev-watchdog' } },
  schedules: [{ id: 'nightly', job: 'report', input: { region: 'eu' } }],
  resources: { table: runsTable.TableName },
} as unknown as Manifest;

test('takes up what has not ended of the app’s jobs, and leaves the watchdog to its next minute', async () => {
  const { dynamodb, tables } = await startCloud();
  await tables.ensure(runsTable);
  const put = (item: object) =>
    dynamodb.send(new PutItemCommand({ TableName: runsTable.TableName, Item: marshall(item) }));
  const record = (job: string, schedule: string, status: RunStatus, minute: string) => {
    const runId = `${job}/2027-03-02T02:${minute}Z/${schedule}`;
    const times = { scheduledTime: DUE, createdAt: DUE };
    return put({ ...runKey(runId), runId, job, schedule, status, trigger: 'schedule', attempts: [], ...times });
  };
  await record('report', 'nightly', 'running', '00');
  await record('report', 'nightly', 'completed', '01');
  await record('report', 'nightly', 'missed', '02');
  await record('watchdog', 'watchdog', 'running', '03');
  await put({ pk: 'JOB#watchdog', sk: 'WATCH', state: '{}', version: 1 });

  const resumed: RunRequest[] = [];
  for await (const request of unfinishedRuns(dynamodb, manifest)) resumed.push(request);

  expect(resumed).toMatchObject([{ run: 'report/2027-03-02T02:00Z/nightly', job: 'report', input: { region: 'eu' } }]);
});
