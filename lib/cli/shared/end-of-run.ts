import type { Milliseconds } from '../../units.ts';

/** When a command that runs until somebody ends it is to end. */
export interface EndOfRun {
  readonly reached: Promise<void>;
  /** From here on the time that was asked for runs: what comes before is no part of it. */
  startCounting(): void;
  wasInterrupted(): boolean;
  forget(): void;
}

/** npm passes on the Ctrl-C that the terminal has sent to the whole group already: one comes twice, a moment apart. */
export const SAME_PRESS_MS = 500;

/** The first Ctrl-C, a terminal that is closed, the time that was asked for, or a reader who has gone. A second Ctrl-C ends the process as if nobody listened. */
export function endOfRun(length: Milliseconds | undefined): EndOfRun {
  let reach = () => {};
  let firstAt: number | undefined;
  const reached = new Promise<void>((resolve) => {
    reach = resolve;
  });
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  let timer: NodeJS.Timeout | undefined;
  const onSignal = (signal: NodeJS.Signals): void => {
    firstAt ??= performance.now();
    reach();
    if (performance.now() - firstAt < SAME_PRESS_MS) return;
    forget();
    process.kill(process.pid, signal);
  };
  const forget = (): void => {
    clearTimeout(timer);
    for (const signal of signals) process.removeListener(signal, onSignal);
  };
  for (const signal of signals) process.on(signal, onSignal);
  // Nobody reads on, as in `npm start | head`.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', reach);
  const startCounting = (): void => {
    if (length !== undefined) timer = setTimeout(reach, length);
  };
  return { reached, startCounting, wasInterrupted: () => firstAt !== undefined, forget };
}
