import { type Document, isScalar, type LineCounter, type YAMLError } from 'yaml';
import { quoteValue } from '../../../app/check-report.ts';
import { refuse } from '../excerpt.ts';
import type { Found, Place } from '../found.ts';
import type { LinePart, Manifest } from './manifest.ts';
import { parseYaml } from './parse-yaml.ts';
import { readCronJob } from './read-cron-job.ts';
import { isRecord } from './values.ts';

/** Of nodes behind aliases: a bomb of nine lines has a billion. */
const MAX_ALIASES = 100;

const DEEPEST_LIST = 4;

const API_VERSIONS = ['batch/v1', 'batch/v1beta1'];

export interface ManifestFile {
  /** As the user named it. */
  readonly path: string;
  readonly text: string;
  /** For CronJobs without a zone of their own. */
  readonly timezone: string | undefined;
}

export interface ReadManifests {
  readonly found: readonly Found[];
  /** Objects of other kinds. */
  readonly others: number;
}

/**
 * Reads every CronJob of a file of manifests, also those in lists.
 *
 * @throws CommandError when a CronJob's zone is not known
 */
export function readManifests({ path, text, timezone }: ManifestFile): ReadManifests {
  if (text.trim() === '') return { found: [refuse({ file: path, line: 1 }, 'is empty')], others: 0 };
  const yaml = parseYaml(text);
  if (yaml instanceof Error) {
    return { found: [refuse({ file: path, line: 1 }, `YAML: ${yaml.message}`)], others: 0 };
  }
  const reader = new FileReader({ path, text, timezone }, yaml.lines);
  const found = yaml.documents.flatMap((document) => [...reader.document(document)]);
  return { found: HELM.test(text) ? found.map(withHelmCure) : found, others: reader.others };
}

/** What a chart's template has, and the text of a command hardly ever. */
const HELM =
  /\{\{-?\s*(?:\.(?:Values|Release|Chart|Capabilities|Files)\b|\$|\/\*|(?:if|else|end|range|with|include|template|define|toYaml|default)\b)/;

const withHelmCure = (found: Found): Found =>
  found.kind === 'candidate'
    ? found
    : { ...found, problem: `${found.problem}; this is a Helm template: render it first (helm template)` };

type Path = readonly (string | number)[];

class FileReader {
  /** Objects of other kinds, so far. */
  others = 0;
  readonly #file: ManifestFile;
  readonly #lines: LineCounter;

  constructor(file: ManifestFile, lines: LineCounter) {
    this.#file = file;
    this.#lines = lines;
  }

  *document(document: Document): Generator<Found> {
    const place = this.#placeAt(document.contents?.range?.[0] ?? document.range?.[0] ?? 0);
    const [error] = document.errors;
    const value = error === undefined ? toValue(document) : undefined;
    if (error !== undefined) yield refuse(this.#placeAt(error.pos[0]), `YAML: ${describeYamlError(error)}`);
    else if (value instanceof Error) yield refuse(place, `YAML: ${describeAliasError(value)}`);
    else if (value !== null && value !== undefined) yield* this.#object(value, document, []);
  }

  *#object(value: unknown, document: Document, path: Path): Generator<Found> {
    const place = this.#placeAt(nodeStart(document, path));
    const { kind, items, apiVersion } = isRecord(value) ? value : {};
    if (typeof kind !== 'string') yield refuse(place, 'is no Kubernetes object: it has no kind');
    else if (Array.isArray(items) && /List$/.test(kind) && path.length < 2 * DEEPEST_LIST) {
      for (const [index, item] of items.entries()) yield* this.#object(item, document, [...path, 'items', index]);
    } else if (kind !== 'CronJob') this.others += 1;
    else if (typeof apiVersion === 'string' && API_VERSIONS.includes(apiVersion)) {
      yield readCronJob(this.#manifest(value, document, path), this.#file.timezone);
    } else {
      const said = `a CronJob of apiVersion ${quoteValue(apiVersion)}; understood are ${API_VERSIONS.join(' and ')}`;
      yield refuse(place, said);
    }
  }

  #manifest(value: unknown, document: Document, path: Path): Manifest {
    const place = this.#placeAt(nodeStart(document, path));
    const schedule = this.#part(document, [...path, 'spec', 'schedule']);
    const timeZone = this.#part(document, [...path, 'spec', 'timeZone']);
    return {
      value,
      place: { ...place, line: schedule?.line ?? place.line },
      ...(schedule?.part === undefined ? {} : { schedule: schedule.part }),
      ...(timeZone?.part === undefined ? {} : { timeZone: timeZone.part }),
    };
  }

  /** The line of a text, and where the text begins in it; undefined when no text stands there. */
  #part(document: Document, path: Path): { readonly line: number; readonly part: LinePart | undefined } | undefined {
    const node = nodeIn(document, path);
    if (!isScalar(node) || node.range == null || typeof node.value !== 'string') return undefined;
    const { line, col } = this.#lines.linePos(node.range[0]);
    const text = this.#lineText(line);
    // Behind the quote, where one stands; a text with escapes is not found, and is not pointed at.
    const offset = text.indexOf(node.value, col - 1);
    return { line, part: offset === -1 ? undefined : { text, offset } };
  }

  #placeAt(offset: number): Place {
    return { file: this.#file.path, line: Math.max(1, this.#lines.linePos(offset).line) };
  }

  #lineText(line: number): string {
    const [from = 0, to] = [this.#lines.lineStarts[line - 1], this.#lines.lineStarts[line]];
    return this.#file.text.slice(from, to).replace(/\r?\n$/, '');
  }
}

/** The messages of the parser quote what stands there. */
const describeYamlError = ({ code, message }: YAMLError): string =>
  QUOTES_NOTHING.has(code) ? message : code.toLowerCase().replaceAll('_', ' ');

const QUOTES_NOTHING: ReadonlySet<string> = new Set([
  ...['DUPLICATE_KEY', 'MULTILINE_IMPLICIT_KEY', 'BLOCK_AS_IMPLICIT_KEY', 'KEY_OVER_1024_CHARS', 'TAB_AS_INDENT'],
]);

/** That an alias has no anchor is said with its name. */
const describeAliasError = ({ message }: Error): string => message.replace(/:.*$/s, '');

function toValue(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** What stands at a path; undefined where an alias lies on the way. */
function nodeIn(document: Document, path: Path): unknown {
  try {
    return path.length === 0 ? document.contents : document.getIn(path, true);
  } catch {
    return undefined;
  }
}

function nodeStart(document: Document, path: Path): number {
  const node = nodeIn(document, path) as { readonly range?: readonly number[] | null } | undefined;
  return node?.range?.[0] ?? document.contents?.range?.[0] ?? 0;
}
