import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseExpression } from '@babel/parser';
import { decode, encode, type SourceMapMappings, type SourceMapSegment } from '@jridgewell/sourcemap-codec';
import type { Metafile } from 'esbuild';

/** Belfry's own code. */
const LIB = `${resolve(import.meta.dirname, '../..')}/`;

/** What esbuild's source maps call the function by which `keepNames` names another. */
const HELPER = '__name';

/** `o(a,"executeRun");`, behind a declaration. */
const OF_DECLARATION = /^[\w$]+\((?!this\b)[\w$]+,"[\w$]+"\);/;

/** What stands before the arrow function in `errorLine=o(t=>…,"errorLine")`, and what behind it. */
const BEFORE_ARROW = /^[\w$]+\((?=async\b|\(|[\w$]+=>)/;
const BEHIND_ARROW = /,"[\w$]+"\)(?=[,;}])/g;

/**
 * Takes the calls that keep a function's name out of Belfry's own code, two bytes in a hundred of it: nothing reads these
 * names. Its classes keep theirs, as do all functions of users and of packages.
 *
 * @returns the metafile with the sizes that are left
 */
export function dropOwnNames(metafile: Metafile, directory: string): Metafile {
  const isOwn = (input: string): boolean => resolve(directory, input).startsWith(LIB);
  const changed = Object.entries(metafile.outputs)
    .filter(([file, { inputs }]) => file.endsWith('.mjs') && Object.keys(inputs).some(isOwn))
    .map(([file, output]) => {
      const dropped = dropIn(join(directory, file));
      const inputs = Object.entries(output.inputs).map(([input, { bytesInOutput }]) => [
        input,
        { bytesInOutput: bytesInOutput - (dropped.get(resolve(directory, input)) ?? 0) },
      ]);
      const bytes = output.bytes - [...dropped.values()].reduce((sum, each) => sum + each, 0);
      return [file, { ...output, bytes, inputs: Object.fromEntries(inputs) }];
    });
  return { ...metafile, outputs: { ...metafile.outputs, ...Object.fromEntries(changed) } };
}

/** @returns how much shorter each source has become */
function dropIn(file: string): ReadonlyMap<string, number> {
  const map = JSON.parse(readFileSync(`${file}.map`, 'utf8')) as RawSourceMap;
  const sources = map.sources.map((source) => resolve(file, '..', decodeURIComponent(source)));
  const mappings = decode(map.mappings);
  const dropped = new Map<string, number>();
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .map((line, number) => {
      const cuts = cutsIn(line, mappings[number] ?? [], { sources, names: map.names });
      for (const { source, from, to } of cuts) dropped.set(source, (dropped.get(source) ?? 0) + to - from);
      mappings[number] = without(cuts, mappings[number] ?? []);
      return cuts.reduceRight((text, { from, to }) => text.slice(0, from) + text.slice(to), line);
    });
  if (dropped.size === 0) return dropped;
  writeFileSync(file, lines.join('\n'));
  writeFileSync(`${file}.map`, JSON.stringify({ ...map, mappings: encode(mappings) }));
  return dropped;
}

interface RawSourceMap {
  readonly sources: readonly string[];
  readonly names: readonly string[];
  readonly mappings: string;
}

interface Cut {
  readonly source: string;
  readonly from: number;
  readonly to: number;
}

function cutsIn(
  line: string,
  segments: readonly SourceMapSegment[],
  { sources, names }: Pick<RawSourceMap, 'sources' | 'names'>,
): readonly Cut[] {
  const cuts = segments.flatMap(([column, index = -1, , , name = -1], place) => {
    const source = sources[index] ?? '';
    if (names[name] !== HELPER || !source.startsWith(LIB)) return [];
    const end = segments.slice(place).find((segment) => segment[1] !== index)?.[0];
    return callIn(line.slice(column, end), line[column - 1]).map(
      ([from, to]): Cut => ({ source, from: column + from, to: column + to }),
    );
  });
  return cuts.sort((one, other) => one.from - other.from);
}

/**
 * Which parts of a text that begins with a call of the helper are the call's and not the function's: none where it stays.
 *
 * @param before the character before it
 */
function callIn(text: string, before = ''): readonly (readonly [from: number, to: number])[] {
  const statement = before === '}' ? OF_DECLARATION.exec(text) : null;
  if (statement !== null) return [[0, statement[0].length]];
  // Elsewhere, as where it is called at once, the arrow function would need parentheses.
  const opening = /[=:]/.test(before) ? BEFORE_ARROW.exec(text) : null;
  if (opening === null) return [];
  const closing = [...text.matchAll(BEHIND_ARROW)].find(({ index, 0: { length } }) =>
    isExpression(text.slice(0, index + length)),
  );
  if (closing === undefined) return [];
  return [
    [0, opening[0].length],
    [closing.index, closing.index + closing[0].length],
  ];
}

/** Of texts that begin with a call, the shortest that is one is the call. */
function isExpression(text: string): boolean {
  try {
    return parseExpression(text, { sourceType: 'module' }).type === 'CallExpression';
  } catch {
    return false;
  }
}

/** The segments of a line without those of the parts that are cut out. */
function without(cuts: readonly Cut[], segments: SourceMapMappings[number]): SourceMapMappings[number] {
  return segments.flatMap((segment): SourceMapSegment[] => {
    const [column, ...rest] = segment;
    const isCut = cuts.some(({ from, to }) => column >= from && column < to);
    const shift = cuts.reduce((sum, { from, to }) => (to <= column ? sum + to - from : sum), 0);
    return isCut ? [] : [[column - shift, ...rest] as SourceMapSegment];
  });
}
