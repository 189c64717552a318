import type { JobContext } from '../../../lib/job/context.ts';
import { NonRetryableError, RetryAfterError } from '../../../lib/job/errors.ts';
import type { SimulatedProcess } from './simulated-process.ts';

/** What a simulated job does in one execution. */
export const BEHAVIOURS = [
  'succeed',
  'throw',
  'throw-for-good',
  'retry-after',
  /** Throws when its signal aborts. */
  'heed-the-signal',
  /** Returns after its signal has aborted, within the grace. */
  'return-late',
  'ignore-the-signal',
  /** Blocks the event loop until Lambda ends the process. */
  'block',
  'exit',
  /** Throws something that cannot even be looked at. */
  'throw-a-trap',
] as const;
export type Behaviour = (typeof BEHAVIOURS)[number];

export interface Stage {
  readonly process: SimulatedProcess;
  readonly context: JobContext;
  readonly duration: number;
  /** Writes to something outside that knows fencing tokens. */
  affect(): Promise<void>;
}

export async function behave(behaviour: Behaviour, { process, context, duration, affect }: Stage): Promise<unknown> {
  await process.sleep(duration / 2);
  await affect();
  await process.sleep(duration / 2);
  switch (behaviour) {
    case 'succeed':
      return { done: true };
    case 'throw':
      throw new Error('no connection');
    case 'throw-for-good':
      throw new NonRetryableError('no such customer');
    case 'retry-after':
      throw new RetryAfterError('45 seconds');
    case 'heed-the-signal':
      await aborted(context.signal);
      throw new Error('stopped');
    case 'return-late':
      await aborted(context.signal);
      await process.sleep(5_000);
      return 'late';
    case 'ignore-the-signal':
      return await new Promise(() => {});
    case 'block':
      process.freeze(process.deadline - 1);
      await process.sleep(0);
      return exit(process);
    case 'exit':
      return exit(process);
    case 'throw-a-trap':
      throw new Proxy(new Error('trap'), {
        getPrototypeOf() {
          throw new Error('the trap');
        },
      });
  }
}

/** Nothing of a process goes on after its end, and its job neither returns nor throws. */
function exit(process: SimulatedProcess): Promise<never> {
  process.die();
  return new Promise(() => {});
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
}
