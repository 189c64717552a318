import { MemoryWatchStore } from '../../../lib/store/memory/memory-watch-store.ts';

/** A table from which a user removes items by hand. */
export class ForgetfulStore extends MemoryWatchStore {
  forget(run: string): void {
    this.records.delete(run);
    this.open.delete(run);
  }

  forgetState(): void {
    this.state = undefined;
  }
}
