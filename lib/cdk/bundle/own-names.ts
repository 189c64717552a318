import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { decode, encode, type SourceMapMappings, type SourceMapSegment } from '@jridgewell/sourcemap-codec';
import type { Metafile } from 'esbuild';

/** Belfry's own code. */
const LIB = `${resolve(import.meta.dirname, '../..')}/`;

/** What `keepNames` puts behind a function: `}o(a,"executeRun");`. */
const NAMING = /\}([\w$]+\([\w$]+,"([\w$]+)"\);)/g;

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
      const cuts = cutsIn(line, mappings[number] ?? [], sources);
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
  readonly mappings: string;
}

interface Cut {
  readonly source: string;
  readonly from: number;
  readonly to: number;
}

function cutsIn(line: string, segments: readonly SourceMapSegment[], sources: readonly string[]): readonly Cut[] {
  return [...line.matchAll(NAMING)].flatMap(({ index, 1: call = '', 2: name = '' }): Cut[] => {
    const segment = segments.findLast(([column]) => column <= index);
    const source = sources[segment?.[1] ?? -1] ?? '';
    if (!source.startsWith(LIB) || !declares(source, name)) return [];
    return [{ source, from: index + 1, to: index + 1 + call.length }];
  });
}

const declares = (source: string, name: string): boolean =>
  new RegExp(`\\bfunction\\*? ${name}\\b`).test(readFileSync(source, 'utf8'));

/** The segments of a line without those of the parts that are cut out. */
function without(cuts: readonly Cut[], segments: SourceMapMappings[number]): SourceMapMappings[number] {
  return segments.flatMap((segment): SourceMapSegment[] => {
    const [column, ...rest] = segment;
    const isCut = cuts.some(({ from, to }) => column >= from && column < to);
    const shift = cuts.reduce((sum, { from, to }) => (to <= column ? sum + to - from : sum), 0);
    return isCut ? [] : [[column - shift, ...rest] as SourceMapSegment];
  });
}
