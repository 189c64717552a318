/**
 * Units of time that the compiler keeps apart. Casts live in this file and nowhere else.
 */

// Keep them first, and casts: esbuild replaces a constant by its value only where nothing but literals comes before
// it. Else each costs a name and a variable in every Lambda bundle.
export const SECOND = 1000 as Milliseconds;
export const MINUTE = (60 * SECOND) as Milliseconds;
export const HOUR = (60 * MINUTE) as Milliseconds;
export const DAY = (24 * HOUR) as Milliseconds;
export const WEEK = (7 * DAY) as Milliseconds;

declare const unit: unique symbol;
type Unit<Name extends string> = number & { readonly [unit]: Name };

/** An instant: milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMs = Unit<'EpochMs'>;

/** An instant in whole seconds, as DynamoDB's time to live wants it. */
export type EpochSeconds = Unit<'EpochSeconds'>;

/** A length of time in milliseconds. */
export type Milliseconds = Unit<'Milliseconds'>;

/** A length of time in seconds. */
export type Seconds = Unit<'Seconds'>;

// Declarations and not arrow functions: these the minifier takes out of what ships.
export function epochMs(value: number): EpochMs {
  return value as EpochMs;
}
export function milliseconds(value: number): Milliseconds {
  return value as Milliseconds;
}
export function seconds(value: number): Seconds {
  return value as Seconds;
}

/** Whole seconds, rounded up, so that nothing timed with them is early. */
export const toSeconds = (value: Milliseconds): Seconds => seconds(Math.ceil(value / SECOND));

export const toMilliseconds = (value: Seconds): Milliseconds => milliseconds(value * SECOND);

/** Whole seconds, rounded up, so that a record never expires before its retention is over. */
export const toEpochSeconds = (value: EpochMs): EpochSeconds => Math.ceil(value / SECOND) as EpochSeconds;

export const plus = (instant: EpochMs, length: Milliseconds): EpochMs => epochMs(instant + length);

/** 24 characters, `2026-03-29T00:00:00.000Z`: sorts as text in the order of time until the year 9999. */
export const toIso = (instant: EpochMs): string => new Date(instant).toISOString();
