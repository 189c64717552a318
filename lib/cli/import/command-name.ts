import { isHarmless, isProgramName, isVocabulary, MASK, maskAddress } from './mask/words.ts';
import { basename, type ShellReading } from './shell.ts';

/** Programs whose first argument says more than they do. */
const INTERPRETERS = /^(sh|bash|dash|zsh|ksh|node|npx|php[\d.]*|python[\d.]*|perl|ruby|java)$/;

/** Programs that only prepare or ask. */
const TRIVIAL = new Set([
  'test',
  '[',
  '[[',
  'cd',
  'echo',
  'printf',
  'sleep',
  'true',
  'false',
  ':',
  'exit',
  'command',
  'set',
  'export',
  'umask',
  'mkdir',
  'date',
]);

/**
 * What a job that does this may be called, in any characters; undefined when nothing suggests itself. Names are made of
 * what is known to be harmless alone, as all that is shown of a command.
 */
export function nameOfCommand({ commands }: ShellReading): string | undefined {
  const telling = commands.filter(([program = '']) => !TRIVIAL.has(program)).flatMap((words) => nameOf(words) ?? []);
  return telling[0] ?? commands.flatMap((words) => nameOf(words) ?? [])[0];
}

function nameOf([program = '', ...args]: readonly string[]): string | undefined {
  if (!isProgramName(program)) return undefined;
  const name = stem(program);
  const folder = args.at(-1) ?? '';
  if (name === 'run-parts') return isHarmless(folder) ? `run-parts-${basename(folder)}` : name;
  if (name === 'curl' || name === 'wget') return nameOfAddress(args) ?? name;
  const words = args.filter((each) => !each.startsWith('-'));
  if (INTERPRETERS.test(name)) {
    // A program in an option has no name.
    if (args[0] === '-e' || args[0] === '-c' || args[0] === '-r') return undefined;
    const [script, ...rest] = args[0] === '-m' ? args.slice(1) : words;
    const isShown =
      script !== undefined && (args[0] === '-m' ? isProgramName(script) : isHarmless(script) || isVocabulary(script));
    return !isShown ? name : withSubcommand(stem(script), rest);
  }
  return withSubcommand(name, words);
}

/** `certbot renew`, `artisan schedule:run`: the next word belongs to the name when it is one word. */
function withSubcommand(name: string, [next = '']: readonly string[]): string {
  return isVocabulary(next) && !next.includes('.') ? `${name}-${next}` : name;
}

function nameOfAddress(args: readonly string[]): string | undefined {
  const address = args.find((each) => /^https?:\/\//.test(each));
  const [, host = MASK, path = ''] =
    /^https?:\/\/(?:\*\*\*@)?([^/:?#]*)[^/?#]*([^?#]*)/.exec(maskAddress(address ?? '') ?? '') ?? [];
  const last = stem(path.replace(/\/$/, ''));
  if (/^[a-z][a-z0-9_-]{2,}$/i.test(last)) return last;
  return host === MASK ? undefined : host.replace(/^www\./, '');
}

const stem = (path: string): string => basename(path).replace(/\.\w{1,5}$/, '');
