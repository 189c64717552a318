import { PROGRAMS, ROOTS, VOCABULARY } from './vocabulary.ts';

/** What stands where a word is that is not known to be harmless. */
export const MASK = '***';

/** `report`, `MyApp`, `e2fsprogs`, `php8`, `64`: at most one run of digits, and a hump has three letters. */
const PART = /^(?:[A-Z]?[a-z]{1,20}(?:[A-Z][a-z]{2,20}){0,3}\d{0,3}|[a-z]{1,8}\d{1,2}[a-z]{2,12}|\d{1,4}|[A-Z]{1,6})$/;
const MAX_NAME_LENGTH = 40;

/** Whether a name is made of words, as names of programs and files are, and keys are not. */
const isPlainName = (text: string): boolean =>
  text.length <= MAX_NAME_LENGTH && text.split(/[-_.]/).every((part) => part === '' || PART.test(part));

const MAX_SEGMENTS = 12;
const FILE =
  /\.(?:sh|bash|php|py|m?js|cjs|ts|rb|pl|jar|sql|ya?ml|json|conf|cnf|ini|toml|log|txt|csv|t?gz|zip|tar|lock|pid)$/;

/** A path from a folder that every machine has, or from the current folder or that of the user. */
export function isPlainPath(text: string): boolean {
  if (['/', '.', '..', '~', './', '../', '~/'].includes(text)) return true;
  const [, start = '', rest = ''] = /^(\/|~\/|(?:\.\.?\/)+|\$HOME\/|\$\{HOME\}\/)?(.*)$/s.exec(text) ?? [];
  const segments = rest.replace(/\/$/, '').split('/');
  if (segments.length > MAX_SEGMENTS || !segments.every(isPlainSegment)) return false;
  const [first = ''] = segments;
  if (start === '/') return ROOTS.has(first);
  // A key may have a stroke in it, too.
  return start !== '' || FILE.test(text) || (segments.length > 1 && first === 'bin');
}

const isPlainSegment = (segment: string): boolean =>
  segment !== '' && isPlainName(segment.replaceAll(/^\*|\*$/g, '').replace(/^\*?\./, ''));

const VARIABLE = /^\$(?:\w{1,40}|\{\w{1,40}\})$/;

/** Whether a word may be shown wherever it stands: a path, a variable's name. Addresses are shown by {@link maskAddress}. */
export const isHarmless = (word: string): boolean => VARIABLE.test(word) || isPlainPath(word);

/** Whether a word is one of what jobs are about, `schedule:run`: not shown where it may be the value of an option. */
export const isVocabulary = (word: string): boolean => word.split(/[-_.:]/).every((part) => VOCABULARY.has(part));

/** Whether a word is known for a program, wherever it stands. */
export const isKnownProgram = (word: string): boolean =>
  PROGRAMS.has(word) || PROGRAMS.has(word.replace(/[\d.]+$/, '')) || (word.includes('/') && isPlainPath(word));

/** Whether a word may be shown that begins a command. */
export const isProgramName = (word: string): boolean =>
  isKnownProgram(word) || (/^[a-z]/.test(word) && isPlainName(word) && !/\d{3}/.test(word));

const ADDRESS = /^([a-z][a-z0-9+.-]{1,20}):\/\/([^/?#]*)([^?#]*)(.*)$/is;
const HOST = /^(?:(?:[a-z][a-z-]{0,24}\d{0,2}\.)+[a-z][a-z-]{1,24}|\d{1,3}(?:\.\d{1,3}){3})$/i;

/** One word may as well be the beginning of a key. */
const isHost = (host: string): boolean => HOST.test(host) || host === 'localhost' || host === '' || isVocabulary(host);
/** Services, and words of a path, behind which the path itself is the secret. */
const HOOK =
  /hook|ping|push|bot|services|trigger|token|key|secret|pass|auth|login|invite|share|telegram|discord|ifttt|zapier|pipedream|uptime|cronitor|heartbeat|healthcheck|pagerduty|opsgenie|sentry|snitch|honeybadger|slack|office/i;

/** An address without user and password, without what follows `?` and `#`, and with those words of its path that are words. */
export function maskAddress(word: string): string | undefined {
  const [, scheme, authority = '', path = '', rest = ''] = ADDRESS.exec(word) ?? [];
  if (scheme === undefined) return undefined;
  const at = authority.lastIndexOf('@');
  const [, host = '', port = ''] = /^(.*?)(:\d{1,5})?$/s.exec(authority.slice(at + 1)) ?? [];
  const isHook = HOOK.test(host);
  let isSecret = isHook;
  const segments = path.split('/').map((segment) => {
    const isShown = segment === '' || (!isSecret && isPathWord(segment));
    isSecret ||= HOOK.test(segment);
    return isShown ? segment : MASK;
  });
  const tail = rest === '' ? '' : `${rest.charAt(0)}${MASK}`;
  return `${scheme}://${at === -1 ? '' : `${MASK}@`}${isHost(host) ? host : MASK}${port}${segments.join('/')}${tail}`;
}

/** A word that can be said: `close-day`, `api`, `v1`, `index.html`. */
const isPathWord = (segment: string): boolean =>
  segment.length <= MAX_NAME_LENGTH && !HOOK.test(segment) && segment.split(/[-_.]/).every(canBeSaid);

const canBeSaid = (part: string): boolean =>
  /^(?:v\d{1,2}|[A-Z]?[a-z]{1,3})$/.test(part) ||
  (/^[A-Z]?[a-z]{1,13}$/.test(part) && /[aeiouy]/.test(part) && !/[^aeiouy]{5}|(.)\1\1/i.test(part));
