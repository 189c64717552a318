import { Composer, type CST, type Document, Lexer, LineCounter, Parser } from 'yaml';

/** Of what the lexer tells apart, some seven on a line; as many take seconds. */
const MAX_LEXEMES = 1_000_000;
/** Each is compared with all before it. */
const MAX_KEYS = 2000;
/** Each is looked for among all before it. */
const MAX_ALIASES = 1000;

/** The composer calls itself for each level; without a stack left, even its expressions cannot be compiled. */
const DEEPEST = 100;

export interface ParsedYaml {
  readonly documents: readonly Document[];
  readonly lines: LineCounter;
}

/**
 * The documents of a YAML text, each with its own errors.
 *
 * Time grows with the square of some numbers, so a text is measured before it is composed, and none takes more than a
 * few seconds.
 *
 * @returns an error when no document can be read: it is larger, or nested deeper, than any manifest
 */
export function parseYaml(text: string): ParsedYaml | Error {
  try {
    const lines = new LineCounter();
    countLexemes(text);
    const tokens = [...new Parser(lines.addNewLine).parse(text)];
    measure(tokens);
    const composer = new Composer({ merge: true, prettyErrors: false, logLevel: 'silent' });
    return { documents: [...composer.compose(tokens)], lines };
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function countLexemes(text: string): void {
  let count = 0;
  for (const _lexeme of new Lexer().lex(text)) {
    count += 1;
    if (count > MAX_LEXEMES) {
      throw new Error(`the file has more than ${MAX_LEXEMES} words and signs: cut it into several`);
    }
  }
}

function measure(tokens: readonly CST.Token[]): void {
  const open = tokens.map((token) => ({ token, depth: 0 }));
  let aliases = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { token, depth } = next;
    if (token.type === 'alias') aliases += 1;
    if (aliases > MAX_ALIASES) throw new Error(`the file has more than ${MAX_ALIASES} aliases`);
    if (depth > DEEPEST) throw new Error(`the file is nested more than ${DEEPEST} deep`);
    if (isMapping(token) && token.items.length > MAX_KEYS) {
      throw new Error(`a mapping in it has more than ${MAX_KEYS} keys`);
    }
    for (const child of childrenOf(token)) open.push({ token: child, depth: depth + 1 });
  }
}

const isMapping = (token: CST.Token): token is CST.BlockMap | CST.FlowCollection =>
  token.type === 'block-map' || (token.type === 'flow-collection' && token.start.source === '{');

function childrenOf(token: CST.Token): readonly CST.Token[] {
  if (token.type === 'document') return token.value === undefined ? [] : [token.value];
  return 'items' in token ? token.items.flatMap(({ key, value }) => [key ?? [], value ?? []].flat()) : [];
}
