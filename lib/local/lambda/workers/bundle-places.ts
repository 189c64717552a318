import { readFileSync, statSync } from 'node:fs';
import { SourceMap, type SourceMapping } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { placesBelow } from '../../../run/name-places.ts';
import type { NamePlaces } from '../../../run/run-error.ts';

interface Excerpt {
  /** From the function's folder. */
  readonly file: string;
  readonly line: number;
}

/**
 * Names the places in what a function's process writes by the user's sources. Node has done so in stacks already, below
 * the folder of the bundle. It leaves its excerpt of the code at the top of a crash and of a syntax error: the name of a
 * file of the bundle, its one long line, and a mark below the column.
 */
export class BundlePlaces {
  readonly #directory: string;
  readonly #namePlaces: NamePlaces;
  #excerpt: Excerpt | undefined;

  /** @param directory of the function's code, by its real path, which is what Node names */
  constructor(directory: string) {
    this.#directory = directory;
    this.#namePlaces = placesBelow(directory);
  }

  /** What is to be shown of a line, once the lines before it have been given: none of an excerpt but its place. */
  read(line: string): readonly string[] {
    const excerpt = this.#excerpt;
    const begun = this.#excerptIn(line);
    if (begun !== undefined) {
      this.#excerpt = begun;
      return [];
    }
    if (excerpt === undefined) return [this.#withoutDirectory(line)];
    if (this.#lineOf(excerpt).includes(line)) return [];
    this.#excerpt = undefined;
    const mark = /^\s*\^+\s*$/.test(line) ? line.indexOf('^') : undefined;
    const place = `at ${this.#placeOf(excerpt, mark)}`;
    return mark === undefined ? [place, this.#withoutDirectory(line)] : [place];
  }

  #excerptIn(line: string): Excerpt | undefined {
    const [, location = '', number = ''] = /^(.*\.mjs):(\d+)$/.exec(line) ?? [];
    const path = location.startsWith('file://') ? fileURLToPath(location) : location;
    const prefix = `${this.#directory}/`;
    return path.startsWith(prefix) ? { file: path.slice(prefix.length), line: Number(number) } : undefined;
  }

  #withoutDirectory(line: string): string {
    return this.#namePlaces(line.replaceAll(`file://${encodeURI(this.#directory)}/`, ''));
  }

  /** @param column from 0; absent where the mark is missing */
  #placeOf({ file, line }: Excerpt, column = 0): string {
    const map = /\/\/# sourceMappingURL=(.+)$/m.exec(this.#textOf(file))?.[1] ?? '';
    const payload = this.#textOf(join(dirname(file), map));
    const found: Partial<SourceMapping> =
      payload === '' ? {} : new SourceMap(JSON.parse(payload)).findEntry(line - 1, column);
    const { originalSource, originalLine = 0, originalColumn = 0 } = found;
    if (originalSource === undefined) return `${file}:${line}:${column + 1}`;
    return `${join(dirname(file), decodeURI(originalSource))}:${originalLine + 1}:${originalColumn + 1}`;
  }

  #lineOf({ file, line }: Excerpt): string {
    return this.#textOf(file).split('\n')[line - 1] ?? '';
  }

  /** Empty for a file that is not there: the process may have removed it, or named it itself. */
  #textOf(file: string): string {
    const path = join(this.#directory, file);
    return statSync(path, { throwIfNoEntry: false })?.isFile() === true ? readFileSync(path, 'utf8') : '';
  }
}
