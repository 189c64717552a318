/**
 * Units of time that the compiler keeps apart. Casts live in this file and nowhere else.
 */

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
export const toSeconds = (value: Milliseconds): Seconds => seconds(Math.ceil(value / 1000));

export const toMilliseconds = (value: Seconds): Milliseconds => milliseconds(value * 1000);

/** Whole seconds, rounded up, so that a record never expires before its retention is over. */
export const toEpochSeconds = (value: EpochMs): EpochSeconds => Math.ceil(value / 1000) as EpochSeconds;

export const plus = (instant: EpochMs, length: Milliseconds): EpochMs => epochMs(instant + length);

/** 24 characters, `2026-03-29T00:00:00.000Z`: sorts as text in the order of time until the year 9999. */
export const toIso = (instant: EpochMs): string => new Date(instant).toISOString();
