import { editDistance, nearest } from '../nearest.ts';
import { InvalidExpressionError } from './invalid-expression-error.ts';
import { wholeOf } from './parts.ts';
import { type Zone, zoneNamed } from './zone.ts';
import { ZONE_LINKS } from './zone-links.ts';

// Of three capital letters only these are in the IANA database; Intl also accepts PST, IST and other guesses.
const THREE_LETTER_NAMES = ['UTC', 'UCT', 'GMT', 'CET', 'EET', 'MET', 'WET', 'EST', 'MST', 'HST', 'PRC', 'ROC', 'ROK'];
const MAX_WRONG = 2;
/**
 * Names that ICU keeps and IANA has withdrawn, with what to write for them: of all that ICU knows (icuzones) and the
 * releases of IANA up to 2026f have not, those that are neither of three letters nor SystemV's.
 *
 * @see https://data.iana.org/time-zones/tzdb/NEWS releases 2017c (East-Saskatchewan) and 2020b (Pacific-New)
 */
const WITHDRAWN: ReadonlyMap<string, string> = new Map([
  ['Canada/East-Saskatchewan', 'America/Regina'],
  ['US/Pacific-New', 'America/Los_Angeles'],
]);

const read = new Set<string>();

/**
 * The zone that an IANA name means.
 *
 * @throws InvalidExpressionError when there is none, for a wrong case (EventBridge would not know it), for
 * abbreviations that are not in the IANA database and for offsets such as `+02:00`.
 */
export function readZone(name: string): Zone {
  if (!read.has(name)) refuseUnknown(name);
  read.add(name);
  return zoneNamed(name);
}

function refuseUnknown(name: string): void {
  const part = wholeOf('timezone', name);
  // GMT+0 and GMT-0 are IANA's.
  if (/^(?!GMT[+-]0$)(UTC|GMT)?[+-]\d/.test(name)) {
    const problem = 'an offset is not a time zone: it knows no daylight saving';
    throw new InvalidExpressionError(part, problem, 'write a place, such as Europe/Stockholm, or UTC');
  }
  if (/^[A-Z]{3}$/.test(name) && !THREE_LETTER_NAMES.includes(name)) {
    const problem = 'an abbreviation is not an IANA time zone';
    throw new InvalidExpressionError(part, problem, 'write a place, such as America/New_York');
  }
  const withdrawn = [...WITHDRAWN.keys()].find((each) => isSameIgnoringCase(each, name));
  if (withdrawn !== undefined) {
    const problem = 'IANA has withdrawn this name, so EventBridge may not know it';
    throw new InvalidExpressionError(part, problem, `write ${WITHDRAWN.get(withdrawn)}`);
  }
  const official = officialName(name);
  const known = knownNames();
  if (official !== undefined && (known.includes(name) || isNewLink(name, known))) return;
  const suggestion = known.find((each) => isSameIgnoringCase(each, name)) ?? official ?? nearestName(name, known);
  const cure = suggestion === undefined ? 'write a place, such as Europe/Stockholm, or UTC' : `write ${suggestion}`;
  const problem = official === undefined ? 'no such time zone' : 'time zone names are case-sensitive';
  throw new InvalidExpressionError(part, problem, cure);
}

function officialName(name: string): string | undefined {
  try {
    // SystemV/… is ICU's own.
    if (name === '' || /^SystemV\//i.test(name)) return undefined;
    return new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

const knownNames = (): readonly string[] => [...ZONE_LINKS, ...Intl.supportedValuesOf('timeZone')];

const isSameIgnoringCase = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** A name that Intl accepts, in whatever case, and no list has: only the look of the words is left to judge by. */
function isNewLink(name: string, known: readonly string[]): boolean {
  if (known.some((each) => isSameIgnoringCase(each, name))) return false;
  return /^[A-Z][a-z]+(\/[A-Z][a-z]\S*)+$/.test(name) || THREE_LETTER_NAMES.includes(name);
}

/** The nearest place: short names such as GB are near to everything short. */
const nearestName = (name: string, known: readonly string[]): string | undefined =>
  nearest(
    name.trim().replaceAll(' ', '_'),
    known.filter((each) => each.includes('/')),
    {
      max: MAX_WRONG,
      distance: (wanted, each) => (each.endsWith(`/${wanted}`) ? 0 : editDistance(wanted, each)),
    },
  );
