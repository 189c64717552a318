import type { RunRequest } from '../../../lib/run/ports.ts';
import { MemoryWatchStore } from '../../../lib/store/memory/memory-watch-store.ts';
import type { EpochMs } from '../../../lib/units.ts';

/** A table from which a user removes items by hand, and to which runs come that nothing has sent. */
export class ForgetfulStore extends MemoryWatchStore {
  forget(run: string): void {
    this.records.delete(run);
    this.open.delete(run);
  }

  /** Takes a run out of the index, so that nothing finds it any more. */
  unlist(run: string): void {
    this.open.delete(run);
    this.due.delete(run);
  }

  forgetState(): void {
    this.state = undefined;
  }

  /** A run that is to be sent at an instant, and not before. */
  async delay(request: RunRequest, now: EpochMs, sendAt: EpochMs): Promise<void> {
    await this.createPending(request, { now, requestedBy: 'ada' });
    const record = this.records.get(request.run);
    if (record === undefined) throw new Error(`${request.run} has no record`);
    this.records.set(request.run, { ...record, nextAttemptAt: sendAt });
    this.open.delete(request.run);
    this.due.set(request.run, sendAt);
  }
}
