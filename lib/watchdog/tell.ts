import { parseRunId } from '../run/run-id.ts';
import { toIso } from '../units.ts';
import type { Undeployed } from './adopt.ts';
import { describeMissed, describeUndeployed } from './alerts.ts';
import type { Missed } from './due-check.ts';
import type { Untold, WatchdogPlan, WatchdogPorts } from './ports.ts';

/** How many missed due times are remembered until an alert can be sent. */
const MOST_UNTOLD = 100;

/** One line each, and one value a job for the alarm. */
export function countMissed(missed: readonly Missed[], { tell, countMissed: count }: WatchdogPorts): void {
  const counts = new Map<string, number>();
  for (const { run, schedule, scheduledTime, why, isTooLate } of missed) {
    const { id, job } = schedule;
    counts.set(job, (counts.get(job) ?? 0) + 1);
    tell(isTooLate ? 'run-came-too-late' : 'run-missed', {
      runId: run,
      job,
      schedule: id,
      scheduledTime: toIso(scheduledTime),
      why,
    });
  }
  for (const [job, each] of counts) count(job, each);
}

/** What an earlier look could not tell people, as long as its schedule is in the app. */
export function recalled({ run, ...said }: Untold, { schedules }: WatchdogPlan): readonly Missed[] {
  const parts = parseRunId(run);
  const schedule = schedules.find(({ id, job }) => id === parts?.occasion && job === parts.job);
  if (parts === undefined || schedule === undefined) return [];
  return [{ run, schedule, scheduledTime: parts.scheduledTime, ...said }];
}

export interface Telling {
  readonly ports: WatchdogPorts;
  readonly stage: string;
  readonly showOption: string;
  readonly isCut: boolean;
}

export interface Told {
  /** For the next look. */
  readonly untold: readonly Untold[];
  /** Ids of schedules of which people have been told that they are not deployed. */
  readonly undeployed: ReadonlySet<string>;
  readonly problems: readonly string[];
}

/** One message for all that was missed. That it cannot be sent holds nothing up: the alarm stands behind it. */
export async function tell(
  missed: readonly Missed[],
  overdue: readonly Undeployed[],
  { ports, ...options }: Telling,
): Promise<Told> {
  const problems: string[] = [];
  const send = async (message: Parameters<WatchdogPorts['alert']>[0]): Promise<boolean> => {
    try {
      await ports.alert(message);
      return true;
    } catch (error) {
      problems.push(`an alert cannot be sent: ${String(error)}`);
      return false;
    }
  };
  const isTold = missed.length === 0 || (await send(describeMissed(missed, options)));
  for (const { schedule, why } of overdue) {
    ports.tell('schedule-not-deployed', { job: schedule.job, schedule: schedule.id, why });
  }
  const isOverdueTold = overdue.length > 0 && (await send(describeUndeployed(overdue, options.stage)));
  const untold = missed
    .slice(-MOST_UNTOLD)
    .map(({ run, why, isTooLate, isPutOff }) => ({ run, why, isTooLate, isPutOff }));
  const undeployed = new Set(isOverdueTold ? overdue.map(({ schedule }) => schedule.id) : []);
  return { untold: isTold ? [] : untold, undeployed, problems };
}
