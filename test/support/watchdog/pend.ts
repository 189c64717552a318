import { requestedRunId } from '../../../lib/run/run-id.ts';
import { epochMs, plus } from '../../../lib/units.ts';
import { minutes } from '../requests.ts';
import type { WatchdogHarness } from './harness.ts';

/** What a request leaves whose message is lost. @param index tells several of one instant apart */
export async function pendRun(harness: WatchdogHarness, job: string, index = 0): Promise<string> {
  const { now } = harness;
  const scheduledTime = epochMs(plus(now, minutes(-60)) + index);
  const run = requestedRunId(job, scheduledTime, '01ARZ3NDEKTSV4RRFFQ69G5FAV');
  const request = { v: 1, run, job, schedule: null, scheduledTime, trigger: 'manual', input: undefined } as const;
  await harness.store.createPending(request, { now, requestedBy: 'ada' });
  return run;
}

/** A request that nothing has sent, as one with a delay is. @param index tells several of one instant apart */
export async function delayRun(harness: WatchdogHarness, job: string, sendAt: string, index = 0): Promise<string> {
  const { now } = harness;
  const scheduledTime = epochMs(now + index);
  const run = requestedRunId(job, scheduledTime, '01ARZ3NDEKTSV4RRFFQ69G5FAW');
  const request = { v: 1, run, job, schedule: null, scheduledTime, trigger: 'enqueue', input: undefined } as const;
  await harness.store.delay(request, now, epochMs(Date.parse(sendAt)));
  return run;
}
