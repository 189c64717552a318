import { setTimeout as sleep } from 'node:timers/promises';
import type { RunClient } from '../../client/run-client.ts';
import { hasEnded, type RunError, type RunRecord } from '../../run/record.ts';
import { errorLines } from '../../run/run-error.ts';
import { CommandError, EXIT } from '../shared/exit-codes.ts';
import type { LocalCloud } from '../shared/local-cloud.ts';
import type { Terminal } from '../shared/terminal.ts';
import { printable } from '../shared/view/printable.ts';

/** After how many looks without an end a word is said: a quarter of a minute. */
export const LOOKS_OF_PATIENCE = 100;
const LOOK_EVERY_MS = 150;

const whatBecomes = (runId: string): string =>
  `${runId} has not ended, and goes on once it can be recorded; after an end of the cloud, at its next start`;

/** In one line: it is the end of what is printed of the run that has it all. */
const errorText = (error: RunError | undefined): string =>
  error === undefined
    ? 'for an unknown reason'
    : printable(
        errorLines(error)
          .map((line) => line.trim())
          .join(', '),
      );

/**
 * Polls until the run has ended, however often it is retried, and prints each attempt that failed.
 *
 * @throws CommandError when the function's process ends before it has begun the run, as it would each time, and while the
 * cloud cannot record anything
 */
export async function awaitEnd(
  { id: runId, job }: { readonly id: string; readonly job: string },
  { client, own, refusal }: Pick<LocalCloud, 'own' | 'refusal'> & { readonly client: Pick<RunClient, 'getRun'> },
  { say, colors }: Pick<Terminal, 'say' | 'colors'>,
  pause = () => sleep(LOOK_EVERY_MS),
): Promise<RunRecord> {
  const log = own === undefined ? 'the log of `npm start` has more' : 'what its function logs is above';
  let told = 0;
  for (let look = 1; ; look++, await pause()) {
    const record = await client.getRun(runId);
    if (look % LOOKS_OF_PATIENCE === 0 && !(record !== undefined && hasEnded(record.status))) {
      const problem = await refusal();
      if (problem !== undefined) throw new CommandError(`${problem}. ${whatBecomes(runId)}`, EXIT.unavailable);
      say(colors.dim(`still ${record?.status ?? 'not recorded'}; ${log} (${runId})`));
    }
    const failure = own?.failureOf(job);
    if (failure !== undefined && (record === undefined || record.status === 'pending')) {
      const problem = `the function of job "${job}" ended before it began the run: ${printable(failure)}`;
      throw new CommandError(`${problem}; mend the job's file, and run it again`, EXIT.runNotCompleted);
    }
    if (record === undefined) continue;
    if (hasEnded(record.status)) return record;
    if (record.status !== 'retrying' || record.attempt === told) continue;
    told = record.attempt;
    const at = record.nextAttemptAt === undefined ? 'soon' : new Date(record.nextAttemptAt).toISOString();
    say(colors.yellow(`attempt ${told} failed: ${errorText(record.error)}; the next is due ${at}`));
  }
}
