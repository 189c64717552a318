import type { RunError } from './record.ts';

const LONGEST_NAME = 100;
const LONGEST_MESSAGE = 1000;
const LONGEST_STACK = 4000;

/**
 * An error as a record keeps it. Takes anything that can be thrown and never throws itself; texts are
 * cut, and a `cause` is left out, since nobody knows what it holds.
 */
export function toRunError(thrown: unknown): RunError {
  try {
    if (!(thrown instanceof Error)) {
      return { name: 'NonError', message: cut(`a job threw ${describeThrown(thrown)}`, LONGEST_MESSAGE) };
    }
    const stack = typeof thrown.stack === 'string' ? { stack: cut(thrown.stack, LONGEST_STACK) } : {};
    return {
      name: cut(String(thrown.name), LONGEST_NAME),
      message: cut(String(thrown.message), LONGEST_MESSAGE),
      ...stack,
    };
  } catch {
    return { name: 'UnreadableError', message: 'a job threw what cannot be read' };
  }
}

/** Cuts a text to a length, saying that it was cut. Half a character, which SQS refuses, becomes `\ufffd`. */
export function cut(text: string, length: number): string {
  const short = text.length <= length ? text : `${text.slice(0, length - 1)}…`;
  return short.replaceAll(/\p{Surrogate}/gu, '\ufffd');
}

function describeThrown(thrown: unknown): string {
  if (typeof thrown === 'string') return JSON.stringify(thrown);
  if (typeof thrown === 'object' && thrown !== null) return `an object with the keys ${Object.keys(thrown).join(', ')}`;
  return String(thrown);
}
