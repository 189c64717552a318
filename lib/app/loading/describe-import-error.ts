import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, extname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nearest } from '../../nearest.ts';
import { IMPORT_RULE } from './import-file.ts';
import { placeOf, userFrame } from './user-frame.ts';

/** What is wrong with a file's code, so that it does not load. */
interface CodeProblem {
  /** Absolute. */
  readonly path: string;
  readonly line: number | undefined;
  readonly what: string;
}

/**
 * What is wrong with the code of a file, with its place: `infra/schedules.ts:3: there is no package "belfri"; …`. Undefined
 * for an error that the code throws.
 */
export function describeCodeError(error: unknown, directory: string): string | undefined {
  const problem = error instanceof Error ? codeProblem(error, directory) : undefined;
  if (problem === undefined) return undefined;
  const file = relative(directory, problem.path).replaceAll(sep, '/');
  return `${file}${problem.line === undefined ? '' : `:${problem.line}`}: ${problem.what}`;
}

/** Why a job file is not loaded. @param label the file, as messages name it */
export function describeImportError(
  error: unknown,
  { label, directory }: { label: string; directory: string },
): string {
  const code = describeCodeError(error, directory);
  if (code !== undefined) return code.startsWith(`${label}:`) ? code : `${label}: importing it fails: ${code}`;
  const frame = error instanceof Error ? userFrame(error.stack ?? '') : undefined;
  const thrown = frame === undefined ? label : placeOf(frame, directory);
  const place = thrown.startsWith(label) ? `${thrown}:` : `${label}: ${thrown}:`;
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return `${place} importing it fails: ${what}; ${IMPORT_RULE}`;
}

function codeProblem(error: Error, directory: string): CodeProblem | undefined {
  const [, path = '', line, what = ''] = /^(\/.*?):(\d+):\d+: ERROR: (.*)/m.exec(error.message) ?? [];
  if (path !== '') return { path, line: Number(line), what };
  if (/does not provide an export named/.test(error.message)) return missingExport(error);
  return missingModule(error, directory);
}

function missingExport({ message, stack = '' }: Error): CodeProblem | undefined {
  const [, place, line] = /^(.*):(\d+)\n/.exec(stack) ?? [];
  if (place === undefined) return undefined;
  const path = place.startsWith('file:') ? fileURLToPath(place) : place;
  return { path, line: Number(line), what: message.replace(/^The requested m/, 'm') };
}

const NOT_FOUND = /^Cannot find (package|module) '(.*)' imported from (.*)/;
const NOT_EXPORTED = /^(Package subpath .* is not defined by "exports") in .* imported from (.*)/;

function missingModule({ message }: Error, directory: string): CodeProblem | undefined {
  const [, subpath, user] = NOT_EXPORTED.exec(message) ?? [];
  if (subpath !== undefined && user !== undefined) {
    const [, part = ''] = /'\.\/(.*)'/.exec(subpath) ?? [];
    return { path: toPath(user), line: lineNaming(toPath(user), part), what: subpath };
  }
  const [, kind, name = '', importer = ''] = NOT_FOUND.exec(message) ?? [];
  if (kind === undefined) return undefined;
  const path = toPath(importer);
  if (kind === 'package') return { path, line: lineNaming(path, name), what: missingPackage(name, directory) };
  const missing = toPath(name);
  const stem = basename(missing, extname(missing));
  return { path, line: lineNaming(path, stem), what: missingFile(missing, directory) };
}

const toPath = (text: string): string => (text.startsWith('file:') ? fileURLToPath(text) : text);

/** The line of an import, by a part of what it names. */
function lineNaming(path: string, part: string): number | undefined {
  if (part === '' || !existsSync(path)) return undefined;
  const lines = readFileSync(path, 'utf8').split('\n');
  const index = lines.findIndex((line) => /\b(from|import|require)\b/.test(line) && line.includes(part));
  return index === -1 ? undefined : index + 1;
}

function missingPackage(name: string, directory: string): string {
  const guess = near(name, ['belfry', ...dependenciesIn(directory)]);
  const cure = guess === undefined ? `npm install ${name} adds it` : `write "${guess}", or npm install ${name}`;
  return `there is no package "${name}"; ${cure}`;
}

function missingFile(path: string, directory: string): string {
  const folder = dirname(path);
  const guess = existsSync(folder) ? near(basename(path), readdirSync(folder)) : undefined;
  const known =
    guess === undefined ? '' : `; the nearest is ${relative(directory, join(folder, guess)).replaceAll(sep, '/')}`;
  return `there is no file ${relative(directory, path).replaceAll(sep, '/')}${known}`;
}

/** A name that differs by a slip or two. */
const near = (name: string, known: readonly string[]): string | undefined => nearest(name, known, { max: 2 });

function dependenciesIn(directory: string): readonly string[] {
  const path = join(directory, 'package.json');
  if (!existsSync(path)) return [];
  const { dependencies = {}, devDependencies = {} } = JSON.parse(readFileSync(path, 'utf8')) as {
    readonly dependencies?: object;
    readonly devDependencies?: object;
  };
  return [...Object.keys(dependencies), ...Object.keys(devDependencies)];
}
