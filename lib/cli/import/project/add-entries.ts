import type { Duration } from '../../../job/duration.ts';
import { literal } from '../safe-text.ts';
import { LIBRARY, readSchedulesFile, type SchedulesFile, UnknownShapeError } from './schedules-file.ts';

/** A schedule entry to be written; it is off. */
export interface NewEntry {
  readonly id: string;
  /** The file of its job, from `functions/`. */
  readonly jobFile: string;
  readonly cron: string;
  readonly timezone: string;
  readonly maxLateness?: Duration;
  /** Stands in a comment above it. Safe to print. */
  readonly comment?: string;
}

/** Lines for somebody to paste, where a file cannot be edited. */
export interface Additions {
  readonly imports: readonly string[];
  readonly entries: readonly string[];
}

/** Of the formatter. */
const LINE_WIDTH = 120;

/**
 * The file with the entries, and the imports they need. What stands there stays as it is, comments and layout too.
 *
 * @throws UnknownShapeError when what came of it would not be read as it was meant
 */
export function addEntries(file: SchedulesFile, entries: readonly NewEntry[]): string {
  if (entries.length === 0) return file.text;
  if (file.scheduleName === undefined && file.hasOtherSchedule) {
    throw new UnknownShapeError('what it calls `schedule` does not come from belfry');
  }
  const names = new LocalNames(file);
  const newline = file.text.includes('\r\n') ? '\r\n' : '\n';
  const lines = entries.flatMap((entry) => entryLines(entry, { names, indent: file.object.indent }));
  const edits = [...importEdits(file, names.added), ...entryEdits(file, lines)];
  const text = apply(file.text, edits, newline);
  const ids = new Set(readSchedulesFile(text).entries.map(({ id, jobFile }) => `${id} ${jobFile}`));
  const lost = entries.find(({ id, jobFile }) => !ids.has(`${id} ${jobFile}`));
  if (lost !== undefined) throw new UnknownShapeError(`no place was found in it for the schedule '${lost.id}'`);
  return text;
}

/** The same as lines, for a file whose shape is not known. */
export function describeEntries(entries: readonly NewEntry[]): Additions {
  const names = new LocalNames({ text: '', jobNames: new Map(), scheduleName: undefined });
  const lines = entries.flatMap((entry) => entryLines(entry, { names, indent: '  ' }));
  return { imports: [...names.added.values()], entries: lines };
}

const RESERVED = new Set(
  'arguments async await break case catch class const continue debugger default delete do else enum eval export extends false finally for function if implements import in instanceof interface let new null package private protected public return static super switch this throw true try typeof undefined var void while with yield schedule schedules'.split(
    ' ',
  ),
);

/** What jobs and `schedule` are called in the file; a job that is not imported yet gets a name. */
class LocalNames {
  /** Import lines by their source. */
  readonly added = new Map<string, string>();
  readonly schedule: string;
  readonly #names: Map<string, string>;
  readonly #text: string;

  constructor({ text, jobNames, scheduleName }: Pick<SchedulesFile, 'text' | 'jobNames' | 'scheduleName'>) {
    this.#text = text;
    this.#names = new Map(jobNames);
    this.schedule = scheduleName ?? 'schedule';
    if (scheduleName === undefined) this.added.set(LIBRARY, `import { schedule } from '${LIBRARY}';`);
  }

  of(jobFile: string): string {
    const known = this.#names.get(jobFile);
    if (known !== undefined) return known;
    const name = this.#freeName(jobFile);
    this.#names.set(jobFile, name);
    const source = `../functions/${jobFile}`;
    this.added.set(source, `import ${name} from ${literal(source)};`);
    return name;
  }

  #freeName(jobFile: string): string {
    const stem = jobFile.replace(/^.*\//, '').replace(/\.ts$/, '');
    const camel = stem.replaceAll(/-+(\w?)/g, (_, letter: string) => letter.toUpperCase());
    const isTaken = (name: string): boolean =>
      RESERVED.has(name) ||
      name in globalThis ||
      new RegExp(`\\b${name}\\b`).test(this.#text) ||
      [...this.#names.values()].includes(name);
    let name = camel;
    for (let number = 1; isTaken(name); number += 1) name = `${camel}Job${number === 1 ? '' : number}`;
    return name;
  }
}

function entryLines(entry: NewEntry, { names, indent }: { names: LocalNames; indent: string }): readonly string[] {
  const { id, jobFile, cron, timezone, maxLateness, comment } = entry;
  const key = /^[a-z][a-z0-9]*$/.test(id) ? id : literal(id);
  const fields = [
    `cron: ${literal(cron)}`,
    `timezone: ${literal(timezone)}`,
    ...(maxLateness === undefined ? [] : [`maxLateness: ${literal(maxLateness)}`]),
    'enabled: false',
  ];
  const head = `${indent}${key}: ${names.schedule}(${names.of(jobFile)}, {`;
  const short = `${head} ${fields.join(', ')} }),`;
  const said = comment === undefined ? [] : [`${indent}// ${comment}`];
  if (short.length <= LINE_WIDTH) return [...said, short];
  return [...said, head, ...fields.map((field) => `${indent}  ${field},`), `${indent}}),`];
}

/** Something put in at a place of the text. */
interface Edit {
  readonly at: number;
  readonly text: string;
}

/** Where the formatter would sort them: behind the last import that comes before it. */
function importEdits({ imports, text }: SchedulesFile, added: ReadonlyMap<string, string>): readonly Edit[] {
  return [...added]
    .sort(([one], [other]) => (comesBefore(one, other) ? -1 : 1))
    .map(([source, line]) => {
      const place = imports.filter((each) => comesBefore(each.source, source)).at(-1);
      if (place === undefined) return { at: imports[0]?.start ?? 0, text: `${line}\n` };
      const isAtLineStart = text.charAt(place.next - 1) === '\n';
      return { at: place.next, text: isAtLineStart ? `${line}\n` : `\n${line}` };
    });
}

/** Node's modules come first, then packages, then files. */
const rankOf = (source: string): number => (source.startsWith('node:') ? 0 : source.startsWith('.') ? 2 : 1);

/** Whether the formatter puts a source before another: `a.ts` before `a-2.ts`, and that before `a-10.ts`. */
function comesBefore(one: string, other: string): boolean {
  if (rankOf(one) !== rankOf(other)) return rankOf(one) < rankOf(other);
  const [left, right] = [one, other].map((source) => source.replace(/\.ts$/, '').split(/(\d+)/)) as [
    string[],
    string[],
  ];
  const index = left.findIndex((part, place) => part !== right[place]);
  if (index === -1) return left.length < right.length;
  const [mine = '', theirs] = [left[index], right[index]];
  if (theirs === undefined) return false;
  // Odd places hold the digits.
  return index % 2 === 1 ? Number(mine) < Number(theirs) : mine < theirs;
}

function entryEdits({ object, text }: SchedulesFile, lines: readonly string[]): readonly Edit[] {
  const lineStart = text.lastIndexOf('\n', object.end) + 1;
  const isOnItsOwn = lineStart > 0 && text.slice(lineStart, object.end).trim() === '';
  const comma = object.missingComma === undefined ? [] : [{ at: object.missingComma, text: ',' }];
  const block = `${lines.join('\n')}\n`;
  if (isOnItsOwn) return [...comma, { at: lineStart, text: block }];
  return [...comma, { at: object.end, text: `\n${block}${object.indent.slice(2)}` }];
}

function apply(text: string, edits: readonly Edit[], newline: string): string {
  let result = '';
  let from = 0;
  // Stable, so that what is put in at one place keeps its order.
  for (const edit of [...edits].sort((one, other) => one.at - other.at)) {
    result += text.slice(from, edit.at);
    if (edit.text.startsWith('\n')) result = result.replace(/[ \t]+$/, '');
    result += edit.text.replaceAll('\n', newline);
    from = edit.at;
  }
  return result + text.slice(from);
}
