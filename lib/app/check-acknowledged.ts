import { quoteValue } from './check-report.ts';

/**
 * What is wrong with the warnings that an entry or a job acknowledges.
 *
 * @param names of the warnings that there are
 * @param place where a reason is read next: `the entry`
 */
export function checkAcknowledged(acknowledge: unknown, names: readonly string[], place: string): readonly string[] {
  if (acknowledge === undefined) return [];
  if (typeof acknowledge !== 'object' || acknowledge === null || Array.isArray(acknowledge)) {
    return [`acknowledge ${quoteValue(acknowledge)} is not an object; write { '<warning>': '<reason>' }`];
  }
  return Object.entries(acknowledge).flatMap(([name, reason]) => {
    if (!names.includes(name)) {
      return [`acknowledge names the warning ${quoteValue(name)}, which is none; there are ${names.join(', ')}`];
    }
    if (typeof reason === 'string' && reason.trim() !== '') return [];
    return [`acknowledge gives no reason for ${name}; write one, for the next reader of ${place}`];
  });
}
