import { createHash } from 'node:crypto';
import { describeLargeSteps } from '../../../app/lint/large-steps.ts';
import { InvalidExpressionError, readWhen } from '../../../cron/index.ts';
import { CommandError, EXIT } from '../../shared/exit-codes.ts';
import { nameOfCommand } from '../command-name.ts';
import { refuse, refuseExpression } from '../excerpt.ts';
import type { Candidate, Found, FoundPolicy, Place, Reading } from '../found.ts';
import { type MaskedCommand, maskCommand, withoutTexts } from '../mask/mask-command.ts';
import { findLongNumber, maskLine } from '../mask/mask-schedule.ts';
import { isHarmless, MASK } from '../mask/words.ts';
import { reasonsToPort, timeoutOf } from '../porting.ts';
import { oneLine, shorten } from '../safe-text.ts';
import { readShell, type ShellReading } from '../shell.ts';
import { type CrontabForm, detectForm } from './form.ts';
import { type EntryLine, type EntryParts, splitCrontab, splitEntry, splitInput, splitUser } from './lines.ts';
import { refuseOther } from './refuse-other.ts';
import { noteOfZones } from './zones-note.ts';

/** Cron takes commands of 999 characters; more than this is no crontab. */
const MAX_LINE_LENGTH = 4096;

export interface CrontabSource {
  /** As the user named it. */
  readonly path: string;
  readonly text: string;
  /** The zone of the host, for the lines that CRON_TZ says nothing for. */
  readonly timezone: string | undefined;
  /** Whether `CRON_TZ` says nothing, as with the cron of Debian. @default false */
  readonly ignoresCronTz?: boolean | undefined;
  /** @default detected */
  readonly form: CrontabForm | undefined;
}

/**
 * Reads a crontab line by line.
 *
 * Lines are read in the zone of `CRON_TZ`, where one stands above them, and else in the host's. `TZ` is the commands'
 * own and moves no schedule (crontab(5)).
 *
 * @throws CommandError when it is no crontab, when its form is not clear, or when a line's zone is not known
 */
export function readCrontab({ path, text, timezone, form: given, ignoresCronTz = false }: CrontabSource): Reading {
  const { lines, hasCarriageReturns, endsWithNewline } = splitCrontab(text);
  refuseOther(path, lines);
  const { form, reason } = given === undefined ? detectForm(path, lines) : { form: given, reason: `by --${given}` };
  const variables = new Map<string, string>();
  let zoneLine: number | undefined;
  const found: Found[] = [];
  const sameIdentity = new Map<string, readonly string[]>();
  for (const line of lines) {
    if (line.kind === 'variable') variables.set(line.name, line.value);
    if (line.kind === 'variable' && line.name === 'CRON_TZ') zoneLine = line.number;
    if (line.kind === 'entry')
      found.push(readEntry(line, { path, form, timezone, ignoresCronTz, variables, zoneLine, sameIdentity }));
  }
  const names = new Set(lines.flatMap((line) => (line.kind === 'variable' ? [line.name] : [])));
  const last = lines.at(-1);
  return {
    found,
    notes: [
      `${oneLine(path)} is read in the ${form} form, ${reason}`,
      ...(names.has('CRON_TZ') ? [noteOfZones(found, { timezone, ignoresCronTz })] : []),
      ...(names.has('TZ') ? ['TZ is the zone of the commands, not of their times: cron does not go by it'] : []),
      ...(names.has('MAILTO') ? ['MAILTO: Belfry mails no output; of a failed run it tells the alert topic'] : []),
      ...(hasCarriageReturns ? ['its lines end with CR LF: cron takes the CR for a part of the command'] : []),
      ...(endsWithNewline || last === undefined
        ? []
        : [`line ${last.number} does not end with a newline, and cron passes such a line over; it is read here`]),
    ],
  };
}

interface Surroundings {
  readonly path: string;
  readonly ignoresCronTz: boolean;
  readonly form: CrontabForm;
  readonly timezone: string | undefined;
  readonly variables: ReadonlyMap<string, string>;
  /** Where the `CRON_TZ` of now stands. */
  readonly zoneLine: number | undefined;
  /** The commands that have been read, by what of them is in an origin. */
  readonly sameIdentity: Map<string, readonly string[]>;
}

const FORMS = {
  user: 'minute hour day-of-month month day-of-week command',
  system: 'minute hour day-of-month month day-of-week user command',
};

function readEntry({ number, text }: EntryLine, surroundings: Surroundings): Found {
  const place: Place = { file: surroundings.path, line: number };
  const first = text.trimStart();
  const shown = maskLine(text);
  const start = { text: shown, offset: text.length - first.length, length: first.split(/\s/, 1)[0]?.length ?? 1 };
  if (text.length > MAX_LINE_LENGTH) {
    return refuse(place, `it has ${text.length} characters; cron takes 999 for a command`, { ...start, length: 1 });
  }
  if (!/^[-\d*~@?]/.test(first)) {
    return refuse(place, 'neither a comment, nor NAME=value, nor a schedule, which begins with its minute', start);
  }
  const parts = splitEntry(text);
  if (parts === undefined) {
    const said = `fields are missing; a line is: ${FORMS[surroundings.form]}`;
    return refuse(place, said, { text: shown, offset: shown.trimEnd().length, length: 1 });
  }
  return /^@reboot$/i.test(parts.expression)
    ? refuseReboot(place, start)
    : readParts(place, { text, parts }, surroundings);
}

function readParts(place: Place, line: { text: string; parts: EntryParts }, surroundings: Surroundings): Found {
  const { text, parts } = line;
  const { form, variables, zoneLine, sameIdentity } = surroundings;
  const owned = form === 'system' ? splitUser(parts.rest) : { user: undefined, command: parts.rest };
  const { command = '', input } = owned === undefined ? {} : splitInput(owned.command);
  if (owned === undefined || command === '') {
    const missing = form === 'system' ? 'a user or a command is missing' : 'a command is missing';
    const said = `${missing}; a line is: ${FORMS[form]}`;
    const shown = maskLine(text);
    return refuse(place, said, { text: shown, offset: shown.trimEnd().length, length: 1 });
  }
  const timezone = zoneOf(place, surroundings);
  const long = findLongNumber(parts.expression);
  if (long !== undefined) {
    const spot = { text: maskLine(text), offset: parts.start + long.offset, length: long.length };
    return refuse(place, long.problem, spot);
  }
  try {
    readWhen({ cron: parts.expression }, timezone);
  } catch (error) {
    if (!(error instanceof InvalidExpressionError)) throw error;
    const zone = `CRON_TZ of line ${zoneLine}`;
    return refuseExpression(place, error, { text: maskLine(text), offset: parts.start, zone });
  }
  return candidateOf({ place, parts, user: owned.user, command, input, timezone, variables, sameIdentity });
}

const refuseReboot = (place: Place, start: { text: string; offset: number; length: number }): Found =>
  refuse(
    place,
    '@reboot has no due time, and nothing here boots; what must hold at all times, check with a schedule, and what starts a service belongs where the service is deployed',
    start,
    'not importable',
  );

function zoneOf({ file, line }: Place, { timezone, ignoresCronTz, variables }: Surroundings): string {
  const zone = (ignoresCronTz ? undefined : variables.get('CRON_TZ')) || timezone;
  if (zone !== undefined) return zone;
  throw new CommandError(
    `${oneLine(file)}:${line}: in which time zone? cron goes by its host's clock, which the file does not tell; give --timezone Europe/Stockholm (timedatectl on the host says which)`,
    EXIT.usage,
  );
}

interface Entry {
  readonly place: Place;
  readonly parts: EntryParts;
  readonly user: string | undefined;
  readonly command: string;
  readonly input: string | undefined;
  readonly timezone: string;
  readonly variables: ReadonlyMap<string, string>;
  readonly sameIdentity: Map<string, readonly string[]>;
}

function candidateOf(entry: Entry): Candidate {
  const { place, parts, user, command, input, timezone } = entry;
  const shell = readShell(withoutTexts(command));
  const masked = maskCommand(command);
  const largeSteps = describeLargeSteps(parts.expression);
  return {
    kind: 'candidate',
    place,
    shown: shorten(lineOf(entry, masked)),
    origin: originOf(entry, masked),
    nameHints: [nameOfCommand(shell) ?? 'cron-job'],
    cron: parts.expression.trim().replaceAll(/\s+/g, ' '),
    timezone,
    policy: policyOf(shell),
    command: oneLine(masked.shown),
    remarks: remarksOf(entry),
    porting: [
      ...(user === 'root' ? ['it runs as root, which a function is not'] : []),
      ...reasonsToPort(shell),
      ...(input === undefined ? [] : ['it reads the text after % as its standard input']),
      ...parts.random.map((field) => `cronie draws a time for ${field}, and the entry has its beginning`),
    ],
    words: largeSteps === undefined ? [] : [largeSteps],
    isRandom: parts.random.length > 0,
  };
}

/** Cron never tries again, and what it runs may not bear it. */
function policyOf(shell: ShellReading): FoundPolicy {
  const timeout = timeoutOf(shell);
  return { maxAttempts: 1, ...(timeout === undefined ? {} : { timeout }) };
}

/** Where a command stands in the user's place, it may be anything. */
const maskUser = (user: string): string => (/^[a-z_][a-z_-]{0,31}\d{0,3}\$?$/.test(user) ? user : MASK);

/** The line as it may be shown. */
const lineOf = ({ parts, user, input }: Entry, { shown }: MaskedCommand): string =>
  [
    parts.expression.trim(),
    user === undefined ? undefined : maskUser(user),
    `${shown}${input === undefined ? '' : `%${MASK}`}`,
  ]
    .filter((each) => each !== undefined)
    .join(' ');

/**
 * By which a further import knows the line again. Of words that are not known to be harmless only plain ones count: a guess
 * could be tried on the digest, and a new password is no new job. Two commands that differ in others alone are told apart
 * by their order in the file.
 */
function originOf({ user, command, input, sameIdentity }: Entry, { identity }: MaskedCommand): string {
  const known = JSON.stringify([user ?? null, identity, input === undefined ? null : '']);
  const texts = sameIdentity.get(known) ?? [];
  const text = JSON.stringify([command, input ?? null]);
  if (!texts.includes(text)) sameIdentity.set(known, [...texts, text]);
  const index = texts.includes(text) ? texts.indexOf(text) : texts.length;
  const unique = index === 0 ? known : `${known} ${index + 1}`;
  return `crontab ${createHash('sha256').update(unique).digest('hex').slice(0, 16)}`;
}

/** Variables that say where and in which language a command runs, and are no secret. */
const KNOWN_VARIABLES = new Set([
  'SHELL',
  'PATH',
  'HOME',
  'LANG',
  'LANGUAGE',
  'LC_ALL',
  'LC_CTYPE',
  'TZ',
  'PWD',
  'TMPDIR',
]);

function remarksOf({ user, input, variables }: Entry): readonly string[] {
  const values = [...variables]
    .filter(([name]) => name !== 'CRON_TZ' && name !== 'MAILTO')
    .map(([name, value]) => {
      const isKnown =
        KNOWN_VARIABLES.has(name) && value.split(':').every((each) => isHarmless(each) || LOCALE.test(each));
      return isKnown ? `${name}=${value}` : `${NAME.test(name) ? name : MASK} (its value is not copied)`;
    });
  return [
    ...(user === undefined ? [] : [`User: ${maskUser(user)}`]),
    ...values.map((value) => `Variable: ${shorten(value, 500)}`),
    ...(input === undefined ? [] : [`Standard input: ${input.length} characters, which are not copied`]),
  ];
}

const LOCALE = /^(?:C|POSIX|[a-z]{2}_[A-Z]{2})(?:\.UTF-?8)?$|^[A-Z][a-z]{2,12}\/[A-Z][a-zA-Z_]{2,20}$|^UTC$/;
const NAME = /^[A-Z][A-Z_]{0,40}\d{0,2}$|^[a-z][a-z_]{0,40}$/;
