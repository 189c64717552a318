import { MINUTE } from '../../lib/units.ts';
import { findTransitions, offsetOf } from './oracle.ts';

/** Names of today that Intl knows and its own list leaves out, in favour of older ones, in some releases. */
const MODERN_NAMES = [
  ...['UTC', 'Etc/UTC', 'GMT', 'Europe/Kyiv', 'Asia/Kolkata', 'Asia/Kathmandu', 'Asia/Ho_Chi_Minh', 'Asia/Yangon'],
  ...['America/Nuuk', 'America/Argentina/Buenos_Aires', 'America/Indiana/Indianapolis', 'America/Kentucky/Louisville'],
  ...['Pacific/Kanton', 'Pacific/Pohnpei', 'Pacific/Chuuk', 'Atlantic/Faroe', 'Africa/Asmara', 'Europe/Isle_of_Man'],
];

export const ALL_ZONES: readonly string[] = [...new Set([...Intl.supportedValuesOf('timeZone'), ...MODERN_NAMES])];

/** An instant at which a zone's clocks change; offsets and the local time in milliseconds. */
export interface Change {
  readonly timezone: string;
  readonly at: number;
  readonly before: number;
  readonly after: number;
  /** What the old offset would have shown at the change. */
  readonly local: number;
}

export const changesOf = (timezone: string, from: number, to: number): Change[] => {
  const offset = offsetOf(timezone);
  return findTransitions(timezone, from, to).map((at) => {
    const before = offset(at - MINUTE);
    return { timezone, at, before, after: offset(at), local: at + before };
  });
};

/** One change for each distinct pair of offsets and local date-time. */
export function distinctChanges(changes: readonly Change[]): Change[] {
  const byTriple = new Map<string, Change>();
  for (const change of changes) {
    const triple = `${change.before} ${change.after} ${change.local}`;
    if (!byTriple.has(triple)) byTriple.set(triple, change);
  }
  return [...byTriple.values()];
}
