import type { ClaimRequest, LockRequest, RunRequest } from '../../lib/run/ports.ts';
import { requestedRunId, scheduledRunId } from '../../lib/run/run-id.ts';
import { epochMs, MINUTE, milliseconds, plus } from '../../lib/units.ts';

/** 02:00 on a Tuesday: the due time of most tests. */
export const DUE = epochMs(Date.parse('2027-03-02T02:00:00Z'));

export const minutes = (count: number) => milliseconds(count * MINUTE);
export const secondsOf = (count: number) => milliseconds(count * 1000);

let serial = 0;

/** A run of the schedule `nightly` of the job `report`, another one at each call. */
export function scheduledRequest(overrides: Partial<RunRequest> = {}): RunRequest {
  const job = `report-${++serial}`;
  return {
    v: 1,
    run: scheduledRunId(job, 'nightly', DUE),
    job,
    schedule: 'nightly',
    scheduledTime: DUE,
    trigger: 'schedule',
    input: undefined,
    ...overrides,
  };
}

/** A run that somebody asked for, with an input. */
export function manualRequest(overrides: Partial<RunRequest> = {}): RunRequest {
  const job = `report-${++serial}`;
  return {
    v: 1,
    run: requestedRunId(job, DUE, '01ARZ3NDEKTSV4RRFFQ69G5FAV'),
    job,
    schedule: null,
    scheduledTime: DUE,
    trigger: 'manual',
    input: { region: 'eu' },
    ...overrides,
  };
}

/** A delivery's claim, one second after the due time, with a lease of two minutes. */
export function claimRequest(request: RunRequest, overrides: Partial<ClaimRequest> = {}): ClaimRequest {
  const now = overrides.now ?? plus(DUE, secondsOf(1));
  return {
    request,
    owner: 'owner-1',
    now,
    leaseUntil: plus(now, minutes(2)),
    maxAttempts: 3,
    retriesLost: true,
    isTracked: false,
    logStream: 'stream-1',
    requestId: 'request-1',
    ...overrides,
  };
}

/** A due run asks for its job's lock for two minutes, and leaves it to nobody. */
export function lockRequest(overrides: Partial<LockRequest> = {}): LockRequest {
  const { run = 'report/2027-03-02T02:00Z/nightly', job = 'report', now = DUE } = overrides;
  return {
    job,
    run,
    claim: 1,
    now,
    until: plus(now, minutes(2)),
    entry: `entry of ${run}`,
    respects: [],
    ...overrides,
  };
}
