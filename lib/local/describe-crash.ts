import type { FunctionError } from './lambda/workers/index.ts';

/** What the embedded cloud tells of a process that failed: in one line what, then where and why. */
export function describeCrash({ type, message, trace }: FunctionError): { error: string; trace: readonly string[] } {
  // Lambda's own types say how the process ended, and the message has the error's name already.
  const isLambdas = type.startsWith('Runtime.') || type.startsWith('Sandbox.');
  const what = isLambdas ? message : `${type}: ${message}`;
  return {
    error: what.replaceAll(/\s+/g, ' ').trim(),
    trace: trace.map((line) => line.trim()).filter((line) => /^(at|caused by) /.test(line) && !IS_RUNTIMES.test(line)),
  };
}

/** Frames of Node and of what stands for Lambda's runtime, which are the same for every job. */
const IS_RUNTIMES = /\bnode:|\/workers\/worker-main\.mjs:/;
