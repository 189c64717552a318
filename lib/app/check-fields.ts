import { editDistance } from '../edit-distance.ts';

/** How many letters may be wrong for a name to be taken for another. */
const FARTHEST = 3;

/**
 * What is wrong with the names of an object's fields. A field that nobody reads would be passed over in
 * silence, and a schedule with `timeZone` would run in UTC.
 */
export function checkFields(value: object, allowed: readonly string[], place = ''): readonly string[] {
  return Object.keys(value)
    .filter((name) => !allowed.includes(name))
    .map((name) => {
      const near = nearest(name, allowed);
      const cure = near === undefined ? `allowed are ${allowed.join(', ')}` : `write ${place}${near}`;
      return `${place}${name} is no field of it; ${cure}`;
    });
}

function nearest(name: string, allowed: readonly string[]): string | undefined {
  const distances = allowed.map((each) => [editDistance(name.toLowerCase(), each.toLowerCase()), each] as const);
  const [distance, best] = distances.sort(([one], [other]) => one - other)[0] ?? [];
  return distance !== undefined && distance <= FARTHEST ? best : undefined;
}
