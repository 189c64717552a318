/** A command line in pieces, that together are the text: what a shell tells apart, and nothing of what it means. */
export type Token =
  | { readonly kind: 'space' | 'operator' | 'comment'; readonly text: string }
  /** `value` is what stands inside of the quotes around it; undefined where more than that is to be read. */
  | { readonly kind: 'word'; readonly text: string; readonly value: string | undefined; readonly quote: string };

/** Longest first. */
const OPERATORS = [
  '<<<',
  '<<-',
  '<<',
  '&>>',
  '&>',
  '&&',
  '||',
  ';;',
  '>>',
  '>&',
  '<&',
  '>|',
  '>',
  '<',
  '|',
  ';',
  '&',
  '(',
  ')',
  '\n',
];

/** Reads any text. */
export function* tokensOf(text: string): Generator<Token> {
  let at = 0;
  while (at < text.length) {
    const rest = text.slice(at);
    const space = /^[ \t\r]+/.exec(rest)?.[0];
    const operator = operatorAt(rest, text.charAt(at - 1));
    let token: Token;
    if (space !== undefined) token = { kind: 'space', text: space };
    else if (operator !== undefined) token = { kind: 'operator', text: operator };
    else if (rest.startsWith('#')) token = { kind: 'comment', text: /^[^\n]*/.exec(rest)?.[0] ?? rest };
    else token = readWord(rest);
    yield token;
    at += token.text.length;
  }
}

/** A redirection with the number of what it redirects, `2>`, is one. */
function operatorAt(rest: string, before: string): string | undefined {
  const descriptor = /^\d(?=[<>])/.test(rest) && !/\S/.test(before) ? rest.charAt(0) : '';
  const operator = OPERATORS.find((each) => rest.startsWith(each, descriptor.length));
  return operator === undefined ? undefined : descriptor + operator;
}

function readWord(text: string): Token {
  let end = 0;
  while (end < text.length && !/[ \t\r\n;&|<>()]/.test(text.charAt(end))) end += stepIn(text, end);
  const word = text.slice(0, Math.min(end, text.length));
  const [, single] = /^'([^']*)'$/s.exec(word) ?? [];
  if (single !== undefined) return { kind: 'word', text: word, value: single, quote: "'" };
  const [, double] = /^"([^"\\`]*)"$/s.exec(word) ?? [];
  if (double !== undefined) return { kind: 'word', text: word, value: double, quote: '"' };
  return { kind: 'word', text: word, value: /["'\\`]|\$\(/.test(word) ? undefined : word, quote: '' };
}

/** How long what begins here is: a character, or all up to the end of its quotes or brackets. */
function stepIn(text: string, at: number): number {
  const letter = text.charAt(at);
  if (letter === '\\') return 2;
  if (letter === "'" || letter === '`') return endOf(text, at, letter) - at;
  if (letter === '"') return endOfDouble(text, at) - at;
  if (text.startsWith('$(', at) || text.startsWith('${', at)) return endOfBrackets(text, at) - at;
  return 1;
}

function endOf(text: string, at: number, quote: string): number {
  const end = text.indexOf(quote, at + 1);
  return end === -1 ? text.length : end + 1;
}

function endOfDouble(text: string, at: number): number {
  let end = at + 1;
  while (end < text.length && text.charAt(end) !== '"') end += text.charAt(end) === '\\' ? 2 : 1;
  return Math.min(text.length, end + 1);
}

/** Quotes inside are passed over, so that a bracket in them ends nothing too early: all of it is masked as one. */
function endOfBrackets(text: string, at: number): number {
  const [open, close] = text.charAt(at + 1) === '(' ? ['(', ')'] : ['{', '}'];
  let depth = 0;
  for (let end = at + 1; end < text.length; end += 1) {
    if (text.charAt(end) === '\\') end += 1;
    else if (text.charAt(end) === "'") end = endOf(text, end, "'") - 1;
    else if (text.charAt(end) === open) depth += 1;
    else if (text.charAt(end) === close) depth -= 1;
    if (depth === 0) return end + 1;
  }
  return text.length;
}
