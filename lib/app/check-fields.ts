import { nearest } from '../nearest.ts';

/** How many letters may be wrong for a name to be taken for another. */
const MAX_WRONG = 3;

/** The field that was probably meant; a short name that has no letter right was meant for none. */
export const meantBy = (name: string, allowed: readonly string[]): string | undefined =>
  nearest(name, allowed, { max: Math.min(MAX_WRONG, name.length - 1) });

/**
 * What is wrong with the names of an object's fields. A field that nobody reads would be passed over in
 * silence, and a schedule with `timeZone` would run in UTC.
 */
export function checkFields(value: object, allowed: readonly string[], place = ''): readonly string[] {
  const given = Object.keys(value);
  // What is there already was not meant.
  const absent = allowed.filter((name) => !given.includes(name));
  return given
    .filter((name) => !allowed.includes(name))
    .map((name) => {
      const near = meantBy(name, absent);
      const cure = near === undefined ? `allowed are ${allowed.join(', ')}` : `write ${place}${near}`;
      return `${place}${name} is not a field; ${cure}`;
    });
}

/** Whether a value is an object with named fields. */
export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
