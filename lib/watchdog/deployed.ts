import { namedExpressions } from '../job/schedule-names.ts';
import { briefError } from '../observe/events.ts';
import { errorLine, toRunError } from '../run/run-error.ts';
import { type EpochMs, epochMs, MINUTE } from '../units.ts';
import type { Pass } from './pass-context.ts';
import type { WatchedSchedule } from './plan.ts';
import type { DeployedSchedule } from './ports.ts';

/**
 * EventBridge is precise to a minute: for so long before a schedule is changed its last due time may be left out, and
 * for so long after it is created or changed its first.
 */
export const EVENTBRIDGE_PRECISION = MINUTE;

/** How a schedule in EventBridge compares with what the app declares. Where there are two, the later instants. */
export type Deployed =
  | { readonly kind: 'as-expected'; readonly createdAt: EpochMs; readonly changedAt: EpochMs }
  | {
      readonly kind: 'disabled' | 'different';
      readonly why: string;
      readonly createdAt: EpochMs;
      readonly changedAt: EpochMs;
    }
  | { readonly kind: 'absent'; readonly why: string }
  /** `why` is for logs, too, which have no message of an error; `message` is for the record of the pass. */
  | { readonly kind: 'unknown'; readonly why: string; readonly message: string };

/** Looks up the one or two schedules in EventBridge that an entry has become. Does not throw. */
export async function lookUpDeployed(
  schedule: WatchedSchedule,
  { plan, ports }: Pick<Pass, 'plan' | 'ports'>,
): Promise<Deployed> {
  const { timezone } = schedule;
  let [createdAt, changedAt] = [epochMs(0), epochMs(0)];
  try {
    for (const { name, expression } of namedExpressions(plan.prefix, schedule)) {
      const found = await ports.findDeployed(name);
      if (found === undefined) return { kind: 'absent', why: `EventBridge has no schedule ${name}` };
      createdAt = epochMs(Math.max(createdAt, found.createdAt));
      changedAt = epochMs(Math.max(changedAt, found.changedAt));
      const why = difference(name, found, { expression, timezone });
      if (why !== undefined) return { kind: found.isEnabled ? 'different' : 'disabled', why, createdAt, changedAt };
    }
    return { kind: 'as-expected', createdAt, changedAt };
  } catch (error) {
    const { name, code } = briefError(toRunError(error));
    const brief = code === undefined ? name : `${name} (${code})`;
    return { kind: 'unknown', why: `EventBridge could not be asked: ${brief}`, message: errorLine(toRunError(error)) };
  }
}

function difference(
  name: string,
  { isEnabled, expression, timezone }: DeployedSchedule,
  wanted: Pick<DeployedSchedule, 'expression' | 'timezone'>,
): string | undefined {
  if (!isEnabled) return `the schedule ${name} is disabled in EventBridge`;
  if (expression === wanted.expression && timezone === wanted.timezone) return undefined;
  return `EventBridge has the schedule ${name} as ${expression} in ${timezone}`;
}

/** What a schedule's due times and its run ids follow from, as text. Stored in the state. */
export const definitionOf = ({ job, expressions, timezone, policy }: WatchedSchedule): string =>
  JSON.stringify([job, expressions, timezone, policy.dst]);

/** A schedule with an earlier definition of it. */
export function withDefinition(schedule: WatchedSchedule, definition: string): WatchedSchedule {
  const [job, expressions, timezone, dst] = JSON.parse(definition);
  return { ...schedule, job, expressions, timezone, policy: { ...schedule.policy, dst } };
}
