import type { ErrorCause, ErrorFacts, RunError } from './record.ts';

// Before them only types are imported: behind another module, each would be a variable in every Lambda bundle.
const MAX_NAME = 100;
const MAX_MESSAGE = 1000;
const MAX_CAUSE_MESSAGE = 300;
const MAX_PLACE = 200;
const MAX_STACK = 4000;
/** Of an error's own stack, whose paths are longer than those that are kept. */
const MAX_STACK_READ = 5 * MAX_STACK;
const MAX_CAUSES = 10;
const MAX_DEPTH = 5;

/** Rewrites the paths in stack frames to paths from the project; those of packages begin with `node_modules/`. */
export type NamePlaces = (frames: string) => string;

/**
 * An error as a record keeps it. Takes anything that can be thrown, of any realm, and never throws itself. Keeps texts
 * only: of an object that is not an error the names of its keys, since it may hold anything.
 *
 * @param namePlaces default: paths stay unchanged
 */
export function toRunError(thrown: unknown, namePlaces: NamePlaces = (frames) => frames): RunError {
  const causes: ErrorCause[] = [];
  const seen = new Set<unknown>();
  let at: string | undefined;
  let stack = '';
  const visit = (error: unknown, depth: number): void => {
    if (seen.has(error) || causes.length === MAX_CAUSES || depth > MAX_DEPTH) return;
    seen.add(error);
    if (depth > 0) causes.push({ depth, ...factsOf(error, MAX_CAUSE_MESSAGE) });
    if (!isError(error)) return;
    const frames = framesOf(error);
    if (depth === 0) stack = namePlaces(frames);
    at ||= firstPlace(frames, namePlaces);
    for (const each of behind(error)) visit(each, depth + 1);
  };
  visit(thrown, 0);
  return {
    ...factsOf(thrown, MAX_MESSAGE),
    ...(at && { at: cut(at, MAX_PLACE) }),
    ...(stack && { stack: cut(stack, MAX_STACK) }),
    ...(causes.length > 0 && { causes }),
  };
}

/** An error in one line, in characters that SQS takes: `Error: connect 127.0.0.1:9 (ECONNREFUSED)`. */
export const errorLine = ({ name, message, code = '' }: ErrorFacts): string =>
  `${name}${message && `: ${message}`}${message.includes(code) ? '' : ` (${code})`}`
    .replaceAll(/[\s\p{Cc}\ufffe\uffff]+/gu, ' ')
    .trim();

/** An error, where it was thrown and what is behind it, a line each. @param max of each line, in characters */
export const errorLines = (error: RunError, max = 300): readonly string[] => [
  cut(errorLine(error), max),
  ...(error.at ? [`at ${error.at}`] : []),
  ...(error.causes ?? []).map((cause) => cut(`${'  '.repeat(cause.depth - 1)}caused by ${errorLine(cause)}`, max)),
];

/** Cuts a text to a length, saying that it was cut. Half a character, which SQS refuses, becomes `\ufffd`. */
export function cut(text: string, length: number): string {
  const short = text.length <= length ? text : `${text.slice(0, length - 1)}…`;
  return short.replaceAll(/[\ud800-\udfff]/gu, '\ufffd');
}

/** Whether a name or a code is one word: logs have these, and a text there would be a message. */
export const isWord = (text: string): boolean => /^[\w.-]{1,100}$/.test(text);

function factsOf(thrown: unknown, maxMessage: number): ErrorFacts {
  if (!isError(thrown)) return { name: 'NonError', message: cut(describeThrown(thrown), maxMessage) };
  const code = textOf(thrown, 'code');
  return {
    name: cut(textOf(thrown, 'name') || 'Error', MAX_NAME),
    message: cut(textOf(thrown, 'message'), maxMessage),
    ...(isWord(code) && { code }),
  };
}

/**
 * The frames of its stack, a line each. They follow the message, whose own lines may look like frames. Those of a message
 * that was replaced later remain.
 */
function framesOf(error: object): string {
  const afterMessage = textOf(error, 'stack').replace(textOf(error, 'message'), '').slice(0, MAX_STACK_READ);
  return (afterMessage.match(/(?<=^ *)at .+$/gm) ?? []).join('\n');
}

/**
 * The first place in a user's code: a source file below the folder that `namePlaces` takes off, and in no package. Log
 * lines have it, so nothing else will do: a frame may be a line of a message, whose author does not know that folder.
 */
function firstPlace(frames: string, namePlaces: NamePlaces): string | undefined {
  for (const [, place = ''] of frames.matchAll(PLACE)) {
    const named = namePlaces(place);
    if (named !== place && place.endsWith(named)) return named;
  }
  return undefined;
}

/** In brackets or alone. Only a URL has a colon in its path, or a query after the file's name; what SQS refuses, no path has. */
const PLACE = /[ (]((?:file:\/\/)?\/(?!.*node_modules\/)[^:\p{Cc}\ufffe\uffff]+\.[cm]?[jt]sx?:\d+:\d+)\)?$/gmu;

/** The errors of an `AggregateError`, and the cause of any error. */
const behind = (error: { readonly errors?: unknown; readonly cause?: unknown }): readonly unknown[] =>
  [
    readable(() => {
      const { errors, cause = [] } = error;
      return [Array.isArray(errors) ? errors.slice(0, MAX_CAUSES).filter(isError) : [], cause];
    }),
  ].flat(2);

/** Whether it is an error, of any realm. */
export const isError = (value: unknown): value is object =>
  readable(() => value instanceof Error || Object.prototype.toString.call(value) === '[object Error]') === true;

const describeThrown = (thrown: unknown): string =>
  readable(() => {
    if (typeof thrown === 'string') return JSON.stringify(thrown);
    if (typeof thrown !== 'object' || thrown === null) return String(thrown);
    return `an object with the keys ${Object.keys(thrown).join(', ')}`;
  });

const textOf = (error: object, name: string): string => readable(() => String(error[name as keyof typeof error] ?? ''));

/** What is read of something that may throw when it is read, such as a getter of a job's; else a text that says so. */
export function readable<Value>(read: () => Value): Value | string {
  try {
    return read();
  } catch {
    return '(cannot be read)';
  }
}
