import type { RunRecord } from '../../lib/run/record.ts';
import { DUE } from './requests.ts';

/** A run of the schedule `nightly` of the job `report`, due and started at 02:00, unless told otherwise. */
export const startedRun = (overrides: Partial<RunRecord> = {}): RunRecord => ({
  id: 'report/2027-03-02T02:00Z/nightly',
  job: 'report',
  schedule: 'nightly',
  scheduledTime: DUE,
  trigger: 'schedule',
  status: 'running',
  claim: 1,
  attempt: 1,
  lastAttempt: 3,
  attempts: [{ n: 1, cause: 'first', startedAt: DUE, logStream: 'stream', requestId: 'request' }],
  createdAt: DUE,
  ...overrides,
});
