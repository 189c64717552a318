import { occurrencesBetween } from '../due/occurrences.ts';
import { scheduledRunId } from '../run/run-id.ts';
import { type EpochMs, epochMs } from '../units.ts';
import { lookUpDeployed } from './deployed.ts';
import { type ExpectedSchedule, isInPause } from './due-times.ts';
import { messageFor } from './message.ts';
import type { WatchdogPlan, WatchdogPorts } from './ports.ts';

export interface AfterGapStep {
  readonly sent: number;
  readonly problems: readonly string[];
}

export interface AfterGapOptions {
  readonly plan: WatchdogPlan;
  readonly ports: WatchdogPorts;
  readonly now: EpochMs;
}

/**
 * Starts the runs of due times that clocks have just skipped, for schedules that say `runAfterGap`: EventBridge has
 * no due time there. Sent at each look until there is a record, and checked like any other due time after that; also
 * when the watchdog comes late, as long as the run may be.
 */
export async function startAfterGaps(
  expected: readonly ExpectedSchedule[],
  options: AfterGapOptions,
): Promise<AfterGapStep> {
  const problems: string[] = [];
  let sent = 0;
  for (const each of expected) {
    if (each.schedule.policy.dst !== 'runAfterGap') continue;
    for (const run of runsAfterGaps(each, options.now)) {
      try {
        if (await start(run, each, options)) sent += 1;
      } catch (error) {
        problems.push(`run ${run} cannot be started: ${String(error)}`);
      }
    }
  }
  return { sent, problems };
}

function* runsAfterGaps({ schedule, state, lastUntil }: ExpectedSchedule, now: EpochMs): Generator<string> {
  const from = epochMs(Math.max(state.checkedUntil, now - schedule.policy.maxLateness));
  for (const { scheduledTime, isAfterGap, calendar } of occurrencesBetween(schedule, from, lastUntil ?? now)) {
    if (isAfterGap && calendar === undefined && !isInPause(scheduledTime, state))
      yield scheduledRunId(schedule.job, schedule.id, scheduledTime);
  }
}

/** @returns whether it was sent */
async function start(run: string, { schedule }: ExpectedSchedule, { plan, ports }: AfterGapOptions): Promise<boolean> {
  const message = messageFor(run, 'schedule', plan);
  if (message === undefined || (await ports.store.get(run)) !== undefined) return false;
  // Somebody who has disabled or deleted it by hand wants no run of it, whoever starts it.
  const { kind } = await lookUpDeployed(schedule, ports.findDeployed);
  if (kind === 'disabled' || kind === 'absent') return false;
  await ports.send(message.queue, message.body);
  ports.tell('after-gap-sent', { runId: run, job: message.job });
  return true;
}
