/** What a line of a file in dotenv's form sets. */
export interface EnvironmentLine {
  /** Undefined where it sets nothing: it is not empty, no comment, and not NAME=value. */
  readonly name: string | undefined;
  /** Its first, counted from 1. */
  readonly line: number;
}

/** Where a file sets what, in its order: Node's parser passes over what it cannot read, and knows no lines. */
export function readEnvironmentLines(text: string): readonly EnvironmentLine[] {
  const lines = text.split('\n');
  const found: EnvironmentLine[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const line = index + 1;
    const content = (lines[index] ?? '').trim();
    if (content === '' || content.startsWith('#')) continue;
    const [, name, value = ''] = ENTRY.exec(content) ?? [];
    found.push({ name, line });
    index += linesOfQuoted(value, lines.slice(line));
  }
  return found;
}

const ENTRY = /^(?:export\s+)?([^\s=#]+)\s*=\s*(.*)$/s;

/** How many more lines a value in quotes goes on for; one whose quotes are not closed ends with its line. */
function linesOfQuoted(value: string, following: readonly string[]): number {
  const [quote = ''] = value;
  if (!['"', "'", '`'].includes(quote) || value.indexOf(quote, 1) !== -1) return 0;
  return following.findIndex((each) => each.includes(quote)) + 1;
}
