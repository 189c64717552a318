import { editDistance, nearest } from '../nearest.ts';
import { InvalidExpressionError } from './invalid-expression-error.ts';
import { wholeOf } from './parts.ts';
import { type Zone, zoneNamed } from './zone.ts';

// Names that Intl accepts but its own list leaves out, in favour of older ones, in Node 20.
const MODERN_NAMES = ['UTC', 'Asia/Kolkata', 'Asia/Kathmandu', 'Asia/Ho_Chi_Minh', 'Asia/Yangon', 'Europe/Kyiv'];
// Of three capital letters only these are in the IANA database; Intl also accepts PST, IST and other guesses.
const THREE_LETTER_NAMES = ['UTC', 'UCT', 'GMT', 'CET', 'EET', 'MET', 'WET', 'EST', 'MST', 'HST', 'PRC', 'ROC', 'ROK'];
const MAX_WRONG = 2;

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
  if (/^(UTC|GMT)?[+-]\d/.test(name)) {
    const problem = 'an offset is not a time zone: it knows no daylight saving';
    throw new InvalidExpressionError(part, problem, 'write a place, such as Europe/Stockholm, or UTC');
  }
  if (/^[A-Z]{3}$/.test(name) && !THREE_LETTER_NAMES.includes(name)) {
    const problem = 'an abbreviation is not an IANA time zone';
    throw new InvalidExpressionError(part, problem, 'write a place, such as America/New_York');
  }
  const official = officialName(name);
  if (official !== undefined && !isMiscased(name, official)) return;
  const suggestion = modernName(name) ?? official ?? nearestName(name);
  const cure = suggestion === undefined ? 'write a place, such as Europe/Stockholm, or UTC' : `write ${suggestion}`;
  const problem = official === undefined ? 'no such time zone' : 'time zone names are case-sensitive';
  throw new InvalidExpressionError(part, problem, cure);
}

function officialName(name: string): string | undefined {
  try {
    // SystemV/… is ICU's own.
    if (name === '' || name.startsWith('SystemV/')) return undefined;
    return new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

/** Intl ignores case. Where it answers with another name, only the look of the words is left to judge by. */
function isMiscased(name: string, official: string): boolean {
  if (MODERN_NAMES.includes(name)) return false;
  if (name.toLowerCase() === official.toLowerCase()) return name !== official;
  return name.includes('/') ? !/^(US|[A-Z][a-z]+)(\/[A-Z]\S*)+$/.test(name) : !/^[A-Z]/.test(name);
}

const modernName = (name: string): string | undefined =>
  MODERN_NAMES.find((known) => known.toLowerCase() === name.toLowerCase());

const nearestName = (name: string): string | undefined =>
  nearest(name.trim().replaceAll(' ', '_'), [...MODERN_NAMES, ...Intl.supportedValuesOf('timeZone')], {
    max: MAX_WRONG,
    distance: (wanted, known) => (known.endsWith(`/${wanted}`) ? 0 : editDistance(wanted, known)),
  });
