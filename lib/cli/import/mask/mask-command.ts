import { basename, WRAPPERS } from '../shell.ts';
import { type Token, tokensOf } from './lexer.ts';
import { CLUSTERS, COUNTED, KEYWORDS, SHELLS, SIGNS, TALKATIVE } from './vocabulary.ts';
import { isHarmless, isKnownProgram, isProgramName, isVocabulary, MASK, maskAddress } from './words.ts';

export interface MaskedCommand {
  /** What may be shown, written and committed. */
  readonly shown: string;
  /**
   * By what the command is told from others: the same, with plain words too where they are not the value of an option.
   * Only a digest of it leaves the process.
   */
  readonly identity: string;
}

const CLOSING = /^(?:fi|done|esac|\})$/;

/** Options behind which everybody goes on with something else. */
const UNVALUED = /^(?:-[qvy]|--(?:quiet|verbose|force|yes|no-[a-z-]+))$/;

/** Of commands inside of commands. */
const DEEPEST = 3;

/**
 * A command of which only that is left which is known to be harmless: programs, names of options and variables, paths in
 * folders that every machine has, addresses without their secret parts, and words of what jobs are about. Every other word
 * is {@link MASK}, whatever it looks like.
 */
export function maskCommand(command: string, depth = 0): MaskedCommand {
  const masker = new Masker(depth);
  for (const token of tokensOf(command)) if (!masker.take(token)) break;
  return { shown: masker.shown, identity: masker.identity };
}

/**
 * A command up to where it holds text that looks like commands: a here-document, a list of values, the patterns of `case`.
 * What programs a command runs is read from this.
 */
export function withoutTexts(command: string): string {
  let code = '';
  let before = '';
  for (const { text } of tokensOf(command)) {
    if (isTextAhead(text, before)) return `${code}${text}`;
    code += text;
    before = text;
  }
  return code;
}

const isTextAhead = (text: string, before: string): boolean =>
  /^\d?<<-?$/.test(text) || text === 'case' || (text === '(' && before.endsWith('='));

type WordToken = Extract<Token, { kind: 'word' }>;

class Masker {
  shown = '';
  identity = '';
  readonly #depth: number;
  /** Of the simple command that is being read; undefined until there is one. */
  #program: string | undefined;
  #wrapper: string | undefined;
  /** How many words the wrapper still takes before the program. */
  #operands = 0;
  /** The option before, which may have the next word as its value. */
  #option: string | undefined;
  #redirection: string | undefined;
  #isLoop = false;
  #before = '';

  constructor(depth: number) {
    this.#depth = depth;
  }

  /** @returns whether more may be shown: behind the start of a text in the command, text and code cannot be distinguished */
  take(token: Token): boolean {
    const isGoingOn = token.kind === 'word' ? this.#word(token) : this.#other(token);
    this.#before = token.text;
    return isGoingOn;
  }

  #other({ kind, text }: Token): boolean {
    if (kind === 'space') return this.#add(text);
    if (kind === 'comment') return this.#add(`# ${MASK}`);
    if (isTextAhead(text, this.#before)) return this.#end(text);
    this.#add(text);
    if (/[<>]/.test(text)) this.#redirection = text.replace(/^\d/, '');
    else this.#endCommand();
    return true;
  }

  /** Behind this, text and code cannot be distinguished. */
  #end(text: string): false {
    this.#add(`${text} ${MASK}`);
    return false;
  }

  #endCommand(): void {
    this.#program = undefined;
    this.#wrapper = undefined;
    this.#option = undefined;
    this.#redirection = undefined;
    this.#isLoop = false;
  }

  #word(token: WordToken): boolean {
    if (this.#redirection !== undefined) return this.#target(token);
    const { value } = token;
    if (this.#program === undefined) return this.#atStart(token);
    if (value === undefined) {
      const [option] = /^--[a-z]{1,14}(?:-[a-z]{1,14}){0,5}(?==)/.exec(token.text) ?? [];
      return option === undefined ? this.#hide(token) : this.#add(`${option}=${MASK}`);
    }
    if (value.startsWith('-') && value.length > 1 && token.quote === '') return this.#takeOption(value);
    const option = this.#option;
    this.#option = undefined;
    if (this.#isScript(option)) return this.#script(token, value);
    return this.#operand(token, value, option);
  }

  #target(token: WordToken): boolean {
    const redirection = this.#redirection;
    this.#redirection = undefined;
    const isDescriptor = (redirection === '>&' || redirection === '<&') && /^[\d-]$/.test(token.text);
    const isShown = redirection !== '<<<' && token.value !== undefined && isHarmless(token.value);
    return isDescriptor || isShown ? this.#add(token.text) : this.#hide(token);
  }

  /** Where a program is expected: variables, keywords and wrappers come before it. */
  #atStart(token: WordToken): boolean {
    const { text, value } = token;
    if (/^\d$/.test(text)) return this.#add(text);
    if (/^[A-Za-z_]\w*\+?=/.test(text)) return this.#assignment(text);
    if (value !== undefined && KEYWORDS.has(value)) {
      // Behind these no program stands.
      if (CLOSING.test(value)) this.#program = value;
      return this.#add(text);
    }
    if (value === 'case') return this.#end(text);
    if (value === 'for') {
      this.#program = value;
      this.#isLoop = true;
      return this.#add(text);
    }
    if (value === undefined) {
      this.#program = MASK;
      return this.#hide(token);
    }
    return this.#wrapper === undefined ? this.#begin(token, value) : this.#behindWrapper(token, value);
  }

  #begin(token: WordToken, value: string): boolean {
    const name = basename(value);
    const wrapper = Object.hasOwn(WRAPPERS, name) && isKnownProgram(value) ? WRAPPERS[name] : undefined;
    this.#operands = wrapper?.operands ?? 0;
    if (wrapper === undefined) this.#program = name;
    else this.#wrapper = name;
    if (value.startsWith('-')) return this.#takeOption(value);
    return isProgramName(value) ? this.#add(token.text) : this.#hide(token);
  }

  /** Which of its words is the program is uncertain, so only a known one is shown. */
  #behindWrapper(token: WordToken, value: string): boolean {
    if (value.startsWith('-')) return this.#takeOption(value);
    if (isKnownProgram(value) && this.#operands === 0) {
      this.#option = undefined;
      return this.#begin(token, value);
    }
    if (this.#option === undefined || !this.#isValued(this.#option)) this.#operands = Math.max(0, this.#operands - 1);
    const isLength = this.#wrapper === 'timeout' && /^\d{1,5}(?:\.\d)?[smhd]?$/.test(value);
    const isCount = (this.#wrapper === 'nice' || this.#wrapper === 'ionice') && /^\d{1,2}$/.test(value);
    const isShown = isLength || isCount || isHarmless(value);
    this.#option = undefined;
    return isShown ? this.#add(token.text) : this.#hide(token);
  }

  #isValued(option: string): boolean {
    return WRAPPERS[this.#wrapper ?? '']?.valued.includes(option) ?? false;
  }

  #assignment(text: string): boolean {
    const [, name = '', value = ''] = /^(\w+\+?)=(.*)$/s.exec(text) ?? [];
    const shownName = name
      .replace('+', '')
      .split('_')
      .every((part) => /^(?:[A-Z]{0,15}|[a-z]{0,15})\d{0,2}$/.test(part))
      ? name
      : MASK;
    const shown = value === '' ? '' : isHarmless(value) ? value : (maskAddress(value) ?? MASK);
    return this.#add(`${shownName}=${shown}`);
  }

  #takeOption(value: string): boolean {
    this.#option = UNVALUED.test(value) ? undefined : value;
    const [, long, assigned] = /^(--[a-z]{1,14}(?:-[a-z]{1,14}){0,5})(?:=(.*))?$/s.exec(value) ?? [];
    if (long !== undefined) {
      if (assigned === undefined) return this.#add(long);
      this.#option = undefined;
      const isShown = isHarmless(assigned) || (COUNTED.has(long) && /^\d{1,3}$/.test(assigned));
      return this.#add(`${long}=${isShown ? assigned : (maskAddress(assigned) ?? MASK)}`);
    }
    if (/^--?[A-Za-z\d]?$/.test(value) || CLUSTERS.has(value)) return this.#add(value);
    return this.#add(`${value.startsWith('--') ? '--' : value.slice(0, 2)}${MASK}`);
  }

  /** Whether a shell runs this word. */
  #isScript(option: string | undefined): boolean {
    return SHELLS.has(this.#program ?? '') && option !== undefined && /^-[a-z]*c$/.test(option);
  }

  #script(token: WordToken, value: string): boolean {
    if (token.quote === '' || this.#depth >= DEEPEST) return this.#hide(token);
    const { shown, identity } = maskCommand(value, this.#depth + 1);
    this.shown += token.quote + shown + token.quote;
    this.identity += token.quote + identity + token.quote;
    return true;
  }

  #operand(token: WordToken, value: string, option: string | undefined): boolean {
    const address = maskAddress(value);
    if (address !== undefined) return this.#add(token.quote + address + token.quote);
    const { text } = token;
    if (this.#isLoop) {
      if (value === 'in') this.#isLoop = false;
      return value === 'in' ? this.#add(text) : this.#hide(token);
    }
    if (this.#program === 'for') return this.#hide(token);
    if (isHarmless(value) || SIGNS.has(value)) return this.#add(text);
    if (this.#isNumber(value, option) || this.#isDateFormat(value)) return this.#add(text);
    const isTalk = TALKATIVE.has(this.#program ?? '');
    if (option === undefined && !isTalk && isVocabulary(value)) return this.#add(text);
    if (option === '-m' && /^python[\d.]*$/.test(this.#program ?? '') && /^[a-z_]+(?:\.[a-z_]+)*$/.test(value))
      return this.#add(text);
    const isPlain = /^[a-z]{2,}(?:[-_.:/][a-z]+)*$/.test(value) && option === undefined && !isTalk;
    return this.#hide(token, isPlain || /^\d{1,3}$/.test(value) ? value : undefined);
  }

  #isNumber(value: string, option: string | undefined): boolean {
    if (!/^\+?\d{1,3}[smhd]?$/.test(value)) return false;
    return (
      (this.#program === 'sleep' && option === undefined) ||
      (option !== undefined && option.length > 2 && COUNTED.has(option))
    );
  }

  #isDateFormat(value: string): boolean {
    return this.#program === 'date' && /^\+(?:%[A-Za-z]|[-:_/T.])+$/.test(value);
  }

  #hide(token: WordToken, identity?: string): boolean {
    this.shown += token.quote + MASK + token.quote;
    this.identity += identity ?? MASK;
    this.#option = undefined;
    return true;
  }

  #add(text: string): true {
    this.shown += text;
    this.identity += text;
    return true;
  }
}
