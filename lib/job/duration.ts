import { type Milliseconds, milliseconds } from '../units.ts';

const UNITS = {
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
} as const;

type UnitName = keyof typeof UNITS;

/**
 * A length of time as text: a number, a space and a unit, `'90 seconds'`, `'1.5 hours'`, `'30 days'`.
 *
 * Text, because a bare number never says whether it means seconds or milliseconds.
 */
export type Duration = `${number} ${UnitName | `${UnitName}s`}`;

/** What `readDuration` allows, for messages. */
export const DURATION_FORMAT = "a number and a unit, such as '90 seconds', '5 minutes', '1.5 hours' or '30 days'";

const PATTERN = /^(\d+(?:\.\d+)?) (second|minute|hour|day)s?$/;

/** The length in milliseconds, rounded; `undefined` for anything that is not a duration. */
export function readDuration(text: unknown): Milliseconds | undefined {
  const match = typeof text === 'string' ? PATTERN.exec(text) : null;
  if (match === null) return undefined;
  return milliseconds(Math.round(Number(match[1]) * UNITS[match[2] as UnitName]));
}

/** The length in the largest unit that gives a whole number: `300_000` is `5 minutes`. */
export function formatDuration(length: Milliseconds): string {
  const units = Object.entries(UNITS).reverse();
  const [name, size] = units.find(([, ms]) => length >= ms && length % ms === 0) ?? ['second', UNITS.second];
  const count = length / size;
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}
