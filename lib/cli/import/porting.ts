import { type Duration, formatDuration, readDuration } from '../../job/duration.ts';
import { BOUNDS } from '../../job/policy.ts';
import { type Milliseconds, milliseconds } from '../../units.ts';
import { isHarmless, isProgramName, isVocabulary, MASK } from './mask/words.ts';
import { shorten } from './safe-text.ts';
import { basename, type ShellReading } from './shell.ts';

/** The longest timeout that a job may have. */
const MAX_TIMEOUT = readDuration(BOUNDS.timeout.max) ?? milliseconds(0);

/** What a few lines of TypeScript do as well: an address called, a text printed, a moment waited. */
const REPLACEABLE = new Set(
  [
    'curl',
    'wget',
    'echo',
    'printf',
    'true',
    'false',
    ':',
    'sleep',
    'date',
    'test',
    '[',
    '[[',
    'cd',
    'exit',
    'umask',
  ].concat(['export', 'set', 'command', 'which', 'type']),
);

/** What runs code that a job can hold. */
const NODES = new Set(['node', 'npm', 'npx', 'yarn', 'pnpm', 'tsx']);

/** Paths that every machine has. */
const COMMON_PATH = /^\/(dev\/(null|stdout|stderr)|tmp(\/|$))/;

const MAX_NAMED = 3;

/** Why a command cannot run on Lambda as it is; empty when nothing speaks against it. */
export function reasonsToPort(shell: ShellReading): readonly string[] {
  const { commands } = shell;
  return [
    ...shellReason(shell),
    ...(programsOf(shell).includes('run-parts')
      ? ['run-parts runs whatever scripts lie in a folder: each becomes a job of its own']
      : []),
    ...named('it uses files of its machine', pathsOf(shell)),
    ...named(
      'its code moves into the job',
      commands.filter(([program = '']) => NODES.has(basename(program))).map((words) => words.slice(0, 2).join(' ')),
    ),
    ...named('Lambda does not have', programsOf(shell).filter(isForeign)),
    ...shell.timeouts.flatMap((text) => timeoutReason(readTimeout(text))),
  ];
}

/** The timeout that a command sets itself, where a job may have it. */
export function timeoutOf({ timeouts }: ShellReading): Duration | undefined {
  const [length] = timeouts.flatMap((text) => readTimeout(text) ?? []);
  return length === undefined || length > MAX_TIMEOUT || length < 1000
    ? undefined
    : (formatDuration(length) as Duration);
}

/** @param length of what a job would have to wait for; undefined for no limit */
export function timeoutReason(length: Milliseconds | undefined): readonly string[] {
  if (length === undefined || length <= MAX_TIMEOUT) return [];
  return [
    `it may take ${formatDuration(length)}, and a run ${BOUNDS.timeout.max} at most: cut the work into several runs, or use Fargate or Step Functions for it`,
  ];
}

function shellReason({ constructs }: ShellReading): readonly string[] {
  return constructs.length === 0 ? [] : [`it needs a shell (${constructs.join(', ')})`];
}

function named(what: string, names: readonly string[]): readonly string[] {
  if (names.length === 0) return [];
  const first = [...new Set(names.map(maskName))].slice(0, MAX_NAMED).map((name) => shorten(name, 60));
  return [`${what}: ${first.join(', ')}${names.length > MAX_NAMED ? ' …' : ''}`];
}

/** Several words, or one. */
const maskName = (name: string): string =>
  name
    .split(' ')
    .map((word, index) => (isHarmless(word) || (index === 0 ? isProgramName(word) : isVocabulary(word)) ? word : MASK))
    .join(' ');

function pathsOf({ commands }: ShellReading): readonly string[] {
  const paths = commands
    .flatMap((words) => words.map((word, index) => ({ word, isProgram: index === 0 })))
    .flatMap(({ word, isProgram }) => {
      // The value of --config=/etc/x.
      const path = /^-[\w-]*=(.*)$/s.exec(word)?.[1] ?? word;
      const isLocal = /^(\/.|~|\.\.?\/|\$HOME|\$\{HOME)/.test(path) || (isProgram && path.includes('/'));
      return isLocal && !COMMON_PATH.test(path) ? [path] : [];
    });
  return [...new Set(paths)];
}

const programsOf = ({ commands }: ShellReading): readonly string[] => [
  ...new Set(commands.map(([program = '']) => program)),
];

/** Programs with a path are among the files of the machine. */
const isForeign = (program: string): boolean =>
  !program.includes('/') &&
  !REPLACEABLE.has(program) &&
  !NODES.has(program) &&
  program !== 'run-parts' &&
  program !== '';

const SECONDS = { '': 1, s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** What GNU timeout takes: a number and one of `smhd`; 0 is no limit. */
function readTimeout(text: string): Milliseconds | undefined {
  const match = /^(\d{1,9}(?:\.\d{1,9})?)([smhd]?)$/.exec(text);
  if (match === null) return undefined;
  const length = Math.round(Number(match[1]) * SECONDS[match[2] as keyof typeof SECONDS] * 1000);
  return length === 0 ? undefined : milliseconds(length);
}
