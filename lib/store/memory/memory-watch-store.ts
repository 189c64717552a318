import { hasEnded, type RunRecord } from '../../run/record.ts';
import { type EpochMs, toIso } from '../../units.ts';
import { StaleLookError } from '../../watchdog/errors.ts';
import type { DueTimeWithoutRun, OpenRun, RecentRuns, RunLengths, WatchStore } from '../../watchdog/ports.ts';
import type { WatchState } from '../../watchdog/state.ts';
import { dueTimeRecord } from '../due-time-record.ts';
import { MemoryRunStore } from './memory-run-store.ts';

/** Records in memory with what the watchdog does to them. */
export class MemoryWatchStore extends MemoryRunStore implements WatchStore {
  protected state: WatchState | undefined;
  /** Runs that nothing has sent yet, and when that is to be done. */
  protected readonly due = new Map<string, EpochMs>();

  async recordWithoutRun(dueTime: DueTimeWithoutRun): Promise<boolean> {
    if (this.records.has(dueTime.id)) return false;
    this.records.set(dueTime.id, dueTimeRecord(dueTime));
    return true;
  }

  async track({ id, claim }: RunRecord, checkAt: EpochMs): Promise<void> {
    const record = this.records.get(id);
    if (record?.status !== 'running' || record.claim !== claim || this.open.has(id)) return;
    this.open.set(id, checkAt);
  }

  async *openRuns(until: EpochMs, after = ''): AsyncIterable<OpenRun> {
    yield* rowsOf(this.open, until).filter(({ position }) => position > after);
  }

  async *dueRuns(until: EpochMs): AsyncIterable<OpenRun> {
    yield* rowsOf(this.due, until).filter(({ id }) => this.#isDue(id));
  }

  async move(runId: string, to: 'open' | 'due', checkAt: EpochMs): Promise<void> {
    if (!this.#isDue(runId) || this.records.get(runId)?.status !== 'pending') return;
    this.due.delete(runId);
    this[to].set(runId, checkAt);
  }

  async *newestRuns(job: string): AsyncIterable<RunLengths> {
    yield* [...this.records.values()]
      .filter((record) => record.job === job)
      .sort((one, other) => other.scheduledTime - one.scheduledTime || (other.id < one.id ? -1 : 1));
  }

  async recentRecords(job: string, { limit, period }: RecentRuns): Promise<readonly RunRecord[]> {
    const isIn = ({ scheduledTime }: RunRecord): boolean =>
      period === undefined || (scheduledTime >= period.from && scheduledTime <= period.to);
    const runs = [...this.records.values()].filter((record) => record.job === job && isIn(record));
    return runs.sort((one, other) => other.scheduledTime - one.scheduledTime).slice(0, limit);
  }

  async loadState(): Promise<WatchState | undefined> {
    return this.state;
  }

  async saveState(state: WatchState): Promise<void> {
    const isStale = this.state !== undefined && this.state.version !== state.version - 1;
    if (isStale) throw new StaleLookError('another pass has saved its state');
    this.state = state;
  }

  /** A run has one row: whatever claims it puts it among the open ones, whatever ends it removes it. */
  #isDue(run: string): boolean {
    const record = this.records.get(run);
    return this.due.has(run) && !this.open.has(run) && record !== undefined && !hasEnded(record.status);
  }
}

function rowsOf(index: ReadonlyMap<string, EpochMs>, until: EpochMs): readonly OpenRun[] {
  return [...index]
    .filter(([, checkAt]) => checkAt <= until)
    .sort(([one, at], [other, otherAt]) => at - otherAt || (one < other ? -1 : 1))
    .map(([id, checkAt]) => ({ id, checkAt, position: `${toIso(checkAt)}#${id}` }));
}
