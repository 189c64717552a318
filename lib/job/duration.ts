import { DAY, HOUR, MINUTE, type Milliseconds, milliseconds, SECOND } from '../units.ts';

const UNITS = {
  second: SECOND,
  minute: MINUTE,
  hour: HOUR,
  day: DAY,
} as const;

type UnitName = keyof typeof UNITS;

/**
 * A length of time as text: a number, a space and a unit, `'90 seconds'`, `'1.5 hours'`, `'30 days'`.
 *
 * Text, because a bare number never says whether it means seconds or milliseconds.
 */
export type Duration = `${number} ${UnitName | `${UnitName}s`}`;

const EXAMPLES = ['30 seconds', '10 minutes', '2 hours', '90 days'] as const satisfies readonly Duration[];

/** What `readDuration` allows, for messages, with examples that are within bounds. */
export function durationFormat({ min, max }: { readonly min: Duration; readonly max: Duration }): string {
  const examples = EXAMPLES.filter((each) => isAtMost(min, each) && isAtMost(each, max));
  return `a number and a unit, such as ${examples.map((each) => `'${each}'`).join(' or ')}`;
}

const isAtMost = (one: Duration, other: Duration): boolean => (readDuration(one) ?? 0) <= (readDuration(other) ?? 0);

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
