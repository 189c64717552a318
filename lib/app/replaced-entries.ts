import { type Schedule, writtenSchedules } from '../job/schedule.ts';
import { placeOf, userFrame } from './loading/user-frame.ts';

/**
 * Names entries that are written and not deployed: where modules bring entries, `{ ...billing, ...reports }` keeps the later
 * one of two that have one id, and JavaScript says nothing.
 *
 * @param directory that files are named from
 */
export function describeReplaced(deployed: ReadonlySet<Schedule>, directory: string): readonly string[] {
  const lost = writtenSchedules().filter(({ entry }) => !deployed.has(entry));
  return lost.map(({ entry: { job, options }, trace: { stack = '' } }) => {
    const frame = userFrame(stack);
    const place = frame === undefined ? '' : `${placeOf(frame, directory)}: `;
    const [field = 'when', value = ''] = Object.entries(options).find(([name]) => /^(cron|every|at)$/.test(name)) ?? [];
    return `${place}schedule(${job?.name}, { ${field}: '${String(value)}' }) is not deployed: a later entry of the same id takes its place, or it is left out of schedules; give one of the two another id, or remove this one`;
  });
}
