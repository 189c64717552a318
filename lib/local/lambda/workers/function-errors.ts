import type { Seconds } from '../../../units.ts';
import type { FunctionError } from './worker-protocol.ts';

/** As Lambda reports a function that ran out of time. */
export const timedOut = (timeout: Seconds): FunctionError => ({
  type: 'Sandbox.Timedout',
  message: `Task timed out after ${timeout.toFixed(2)} seconds`,
  trace: [],
});

/** As Lambda reports a process that ended in the middle of an invocation: `process.exit`, out of memory, a crash. */
export function exited(code: number | null, signal: NodeJS.Signals | null): FunctionError {
  const reason = signal === null ? `exit status ${code}` : `signal: ${signalWords[signal] ?? signal}`;
  const message = code === 0 ? 'Runtime exited without providing a reason' : `Runtime exited with error: ${reason}`;
  return { type: 'Runtime.ExitError', message, trace: [] };
}

/** The process could not even be started: its folder is gone, the machine has no room for another. */
export const notStarted = (directory: string, error: Error): FunctionError => ({
  type: 'Runtime.StartError',
  message: `cannot start a process in ${directory}: ${error.message}`,
  trace: [],
});

const signalWords: Readonly<Partial<Record<NodeJS.Signals, string>>> = {
  SIGABRT: 'aborted',
  SIGKILL: 'killed',
  SIGSEGV: 'segmentation fault',
  SIGTERM: 'terminated',
};
