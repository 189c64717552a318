import { isKnownProgram, MASK } from './mask/words.ts';

/** How a shell would read a command, as far as an import must know: which programs, and what only a shell does. */

export interface ShellReading {
  /** What only a shell does, in its own signs, each once: `|`, `>`, `$(…)`, `*`. */
  readonly constructs: readonly string[];
  /** The words of each simple command, the program first; wrappers such as `nice` and `timeout` are taken off. */
  readonly commands: readonly (readonly string[])[];
  /** What `timeout` allows, as it stands there. */
  readonly timeouts: readonly string[];
}

/** Reads a command line; anything is a command line. */
export function readShell(line: string): ShellReading {
  const { constructs, commands } = new Scanner(line).scan();
  const timeouts: string[] = [];
  const bare = commands.map((words) => unwrap(words, timeouts)).filter((words) => words.length > 0);
  return { constructs: [...constructs], commands: bare, timeouts };
}

/** Longest first. */
const OPERATORS = ['&&', '||', '&>', ';;', '>>', '<<', '>&', '<&', '>', '<', '|', ';', '&', '(', ')', '\n'];

/** How operators are told, where not as they are. */
const SIGNS: Readonly<Record<string, string>> = {
  '&>': '>',
  '>>': '>',
  '>&': '>',
  '<<': '<',
  '<&': '<',
  ';;': ';',
  '(': '( )',
  ')': '( )',
  '\n': 'several lines',
};

/** Of commands inside of commands. */
const DEEPEST = 8;

class Scanner {
  readonly #line: string;
  readonly #constructs = new Set<string>();
  readonly #commands: (readonly string[])[] = [];
  readonly #depth: number;
  #words: string[] = [];
  #word: string | undefined;
  #isTarget = false;

  constructor(line: string, depth = 0) {
    this.#line = line;
    this.#depth = depth;
  }

  scan(): { constructs: ReadonlySet<string>; commands: readonly (readonly string[])[] } {
    for (let at = 0; at < this.#line.length; ) at += this.#step(at);
    this.#endCommand();
    return { constructs: this.#constructs, commands: this.#commands };
  }

  /** @returns how many characters it has read */
  #step(at: number): number {
    const letter = this.#line.charAt(at);
    if (letter === "'" || letter === '"') return this.#quoted(at, letter);
    if (letter === '\\') return this.#take(this.#line.charAt(at + 1), 2);
    if (letter === ' ' || letter === '\t') {
      this.#endWord();
      return 1;
    }
    if (letter === '#' && this.#word === undefined) return this.#line.length - at;
    if (this.#line.startsWith('$(', at) && this.#depth < DEEPEST) return this.#substitution(at);
    const operator = OPERATORS.find((each) => this.#line.startsWith(each, at));
    if (operator !== undefined) return this.#operator(operator);
    this.#noteExpansion(at);
    if (/[*?[]/.test(letter) && !this.#isTest() && !this.#isAddress())
      this.#constructs.add(letter === '[' ? '[…]' : letter);
    if (letter === '~' && this.#word === undefined) this.#constructs.add('~');
    return this.#take(letter, 1);
  }

  #quoted(at: number, quote: string): number {
    let end = at + 1;
    while (end < this.#line.length && this.#line.charAt(end) !== quote) {
      if (quote === '"') this.#noteExpansion(end);
      end += quote === '"' && this.#line.charAt(end) === '\\' ? 2 : 1;
    }
    this.#take(this.#line.slice(at + 1, end), 0);
    return end + 1 - at;
  }

  /** What a command stands for whose output becomes a part of a word. */
  #substitution(at: number): number {
    let end = at + 2;
    for (let open = 1; end < this.#line.length; end += 1) {
      if (this.#line.charAt(end) === '(') open += 1;
      if (this.#line.charAt(end) === ')') open -= 1;
      if (open === 0) break;
    }
    const inner = new Scanner(this.#line.slice(at + 2, end), this.#depth + 1).scan();
    for (const sign of ['$(…)', ...inner.constructs]) this.#constructs.add(sign);
    this.#commands.push(...inner.commands);
    return this.#take('$(…)', end + 1 - at);
  }

  #noteExpansion(at: number): void {
    const rest = this.#line.slice(at, at + 2);
    if (rest === '$(') this.#constructs.add('$(…)');
    else if (rest.startsWith('`')) this.#constructs.add('`…`');
    else if (/^\$[\w{?*@#$!]/.test(rest)) this.#constructs.add('$…');
  }

  #operator(operator: string): number {
    const isRedirection = /[<>]/.test(operator);
    if (isRedirection && /^\d$/.test(this.#word ?? '')) this.#word = undefined;
    if (isRedirection) this.#endWord();
    else this.#endCommand();
    this.#isTarget = isRedirection;
    this.#constructs.add(SIGNS[operator] ?? operator);
    return operator.length;
  }

  /** `[` and `[[` are commands, and `]` ends them: no globs. */
  #isTest(): boolean {
    return this.#word === undefined && this.#words.every((word) => KEYWORDS.has(word));
  }

  /** No file is called like one, so its question mark stays. */
  #isAddress(): boolean {
    return this.#word?.includes('://') ?? false;
  }

  #take(text: string, length: number): number {
    this.#word = (this.#word ?? '') + text;
    return length;
  }

  #endWord(): void {
    if (this.#word !== undefined && !this.#isTarget) this.#words.push(this.#word);
    if (this.#word !== undefined) this.#isTarget = false;
    this.#word = undefined;
  }

  #endCommand(): void {
    this.#endWord();
    const first = this.#words.findIndex((word) => !KEYWORDS.has(word));
    for (const keyword of this.#words.slice(0, first === -1 ? undefined : first)) {
      if (keyword === 'if' || keyword === 'for' || keyword === 'while') this.#constructs.add(keyword);
    }
    // What follows the first two is a variable, and the others end a command.
    const isCommand =
      first !== -1 && !['for', 'case', 'fi', 'done', 'esac', '}'].includes(this.#words[first - 1] ?? '');
    if (isCommand) this.#commands.push(this.#words.slice(first));
    this.#words = [];
    this.#isTarget = false;
  }
}

const KEYWORDS = new Set([
  'if',
  'then',
  'else',
  'elif',
  'fi',
  'for',
  'while',
  'until',
  'do',
  'done',
  'case',
  'esac',
  '{',
  '}',
  '!',
]);

/** Programs that run another: options with a value, and how many words stand before the program. */
export const WRAPPERS: Readonly<Record<string, { readonly valued: readonly string[]; readonly operands: number }>> = {
  env: { valued: ['-u', '-C', '-S'], operands: 0 },
  nice: { valued: ['-n'], operands: 0 },
  ionice: { valued: ['-c', '-n', '-p', '-P', '-u'], operands: 0 },
  timeout: { valued: ['-k', '-s'], operands: 1 },
  flock: { valued: ['-w', '-E'], operands: 1 },
  sudo: { valued: ['-u', '-g', '-p', '-C', '-h', '-r', '-t', '-T', '-U', '-D', '-R'], operands: 0 },
  nohup: { valued: [], operands: 0 },
  exec: { valued: [], operands: 0 },
  time: { valued: [], operands: 0 },
  chronic: { valued: [], operands: 0 },
  setsid: { valued: [], operands: 0 },
};

/** Which word behind a wrapper is the program is a guess where an option is not known: then it is masked. */
function unwrap(words: readonly string[], timeouts: string[]): readonly string[] {
  let rest = words;
  for (let isWrapped = false; ; isWrapped = true) {
    const start = rest.findIndex((word) => !/^[A-Za-z_]\w*=/.test(word));
    rest = start === -1 ? [] : rest.slice(start);
    const [program = '', ...args] = rest;
    const name = basename(program);
    const wrapper = Object.hasOwn(WRAPPERS, name) ? WRAPPERS[name] : undefined;
    if (wrapper === undefined) return isWrapped && program !== '' && !isKnownProgram(program) ? [MASK, ...args] : rest;
    let next = 1;
    while (rest[next]?.startsWith('-')) next += wrapper.valued.includes(rest[next] ?? '') ? 2 : 1;
    if (name === 'timeout') timeouts.push(rest[next] ?? '');
    rest = rest.slice(next + wrapper.operands);
  }
}

export const basename = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
