import { localText } from '../cron/index.ts';
import type { ManifestSchedule } from '../manifest.ts';
import { epochMs, toIso } from '../units.ts';
import { scheduleClockChanges } from './clock-changes.ts';
import type { Period } from './simulate-job.ts';
import type { SimulatedClockChange } from './simulation.ts';

/** The changes of the clocks of all schedules in a period, once for each zone, ascending. */
export function clockChangesIn(
  schedules: readonly ManifestSchedule[],
  { from, to }: Period,
): readonly SimulatedClockChange[] {
  const found = new Map<
    string,
    SimulatedClockChange & { readonly schedules: SimulatedClockChange['schedules'][number][] }
  >();
  for (const schedule of schedules) {
    const { id, timezone, policy } = schedule;
    for (const change of scheduleClockChanges(schedule, epochMs(from - 1), epochMs(to - 1))) {
      const key = `${toIso(change.at)} ${timezone}`;
      const known = found.get(key) ?? {
        timezone,
        at: toIso(change.at),
        kind: change.kind,
        from: localText(change.from),
        to: localText(change.to),
        schedules: [],
      };
      found.set(key, known);
      if (change.times.length > 0) known.schedules.push({ id, dst: policy.dst, times: change.times.map(localText) });
    }
  }
  return [...found].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, change]) => change);
}
