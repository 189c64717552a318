/**
 * The base of every error that Belfry throws on purpose.
 *
 * Subclasses set a literal `name` (bundlers rename classes) and a stable `code`, keep their data in
 * readonly fields, and say in the message what is wrong, where, what is allowed and how to mend it.
 */
export abstract class BelfryError extends Error {
  abstract override readonly name: string;
  abstract readonly code: string;
}

/** Marks what the compiler knows cannot be reached: a switch over a union that forgets a member does not compile. */
export function unreachable(value: never): never {
  throw new Error(`not expected: ${JSON.stringify(value)}`);
}

/** The message of whatever was caught; of what is not an Error, its text. */
export const messageOf = (caught: unknown): string => (caught instanceof Error ? caught.message : String(caught));
