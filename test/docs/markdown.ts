import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const PROJECT = join(import.meta.dirname, '../..');

/** A Markdown file of this repository, by its path from the root. */
export interface MarkdownFile {
  readonly path: string;
  readonly lines: readonly string[];
}

/** A fenced block of code. */
export interface Fence {
  /** The line of its first line of code, counted from 1. */
  readonly line: number;
  /** What stands behind the backticks: `ts`, `ts no-check`, `sh`. */
  readonly info: string;
  readonly code: readonly string[];
}

/** The README, if there is one, and everything in `docs/`: what must be true of the code. */
export const guides = (): readonly MarkdownFile[] =>
  ['README.md', ...readdirSync(join(PROJECT, 'docs')).map((name) => `docs/${name}`)]
    .filter((path) => path.endsWith('.md') && existsSync(join(PROJECT, path)))
    .map(readMarkdown);

export const readMarkdown = (path: string): MarkdownFile => ({
  path,
  lines: readFileSync(join(PROJECT, path), 'utf8').split('\n'),
});

export function fencesOf({ lines }: MarkdownFile): readonly Fence[] {
  const fences: Fence[] = [];
  let open: { line: number; info: string; code: string[] } | undefined;
  for (const [index, line] of lines.entries()) {
    const mark = /^```(.*)$/.exec(line);
    if (mark === null) open?.code.push(line);
    else if (open === undefined) open = { line: index + 2, info: (mark[1] ?? '').trim(), code: [] };
    else {
      fences.push(open);
      open = undefined;
    }
  }
  return fences;
}

/** The lines outside of fences; those inside are empty, so that numbers of lines stay. */
export function proseOf(file: MarkdownFile): readonly string[] {
  const prose = [...file.lines];
  for (const { line, code } of fencesOf(file)) prose.fill('', line - 2, line + code.length);
  return prose;
}

/** Rows of every table with this header, as cells without the backticks around them. */
export function tableRows(file: MarkdownFile, header: readonly string[]): readonly (readonly string[])[] {
  const rows: string[][] = [];
  let inside = false;
  for (const line of proseOf(file)) {
    const cells = line.startsWith('|') ? cellsOf(line) : undefined;
    if (cells === undefined) inside = false;
    else if (header.every((name, index) => cells[index] === name)) inside = true;
    else if (inside && !cells.every((cell) => /^-+$/.test(cell))) rows.push(cells);
  }
  return rows;
}

const cellsOf = (line: string): string[] =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim().replace(/^`([^`]*)`$/, '$1'));

/** The anchors that GitHub gives a file's headings. */
export function anchorsOf(file: MarkdownFile): ReadonlySet<string> {
  const counts = new Map<string, number>();
  const anchors = proseOf(file).flatMap((line) => {
    const text = /^#{1,6} (.*)$/.exec(line)?.[1];
    if (text === undefined) return [];
    const slug = text
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\p{M}_ -]/gu, '')
      .trim()
      .replaceAll(' ', '-');
    const count = counts.get(slug) ?? 0;
    counts.set(slug, count + 1);
    return [count === 0 ? slug : `${slug}-${count}`];
  });
  return new Set(anchors);
}
