import type { LockView } from '../ports.ts';
import { hasEnded } from '../record.ts';
import { messageOf } from '../request.ts';
import { roundOf } from '../round.ts';
import type { GatePorts } from './gate.ts';
import { inOrder, readEntry } from './place.ts';

/**
 * Sends the message of the run that is next to have a free lock, and leaves it in its set: it leaves when it takes the lock.
 * Taken out before it is sent it would be forgotten by a process that dies in between. What has ended, or is in another round
 * by now, is removed on the way.
 *
 * @throws the error of a store or of the queue, unchanged: nobody may have been woken
 */
export async function wakeNext(job: string, view: LockView, { locks, runs, queue }: GatePorts): Promise<void> {
  for (const entry of inOrder(view)) {
    const { run, round } = readEntry(job, entry);
    const record = await runs.get(run);
    if (record !== undefined && !hasEnded(record.status) && roundOf(record) === round) {
      await queue.send(messageOf(record));
      return;
    }
    await locks.leave(job, entry);
  }
}
