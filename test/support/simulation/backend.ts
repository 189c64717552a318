import type { RunPorts } from '../../../lib/run/delivery.ts';
import type { LockStore, LockView, Once, RunStore } from '../../../lib/run/ports.ts';
import type { RunRecord } from '../../../lib/run/record.ts';
import { createDirectOnce } from '../../../lib/store/direct-once.ts';
import { MemoryLockStore } from '../../../lib/store/memory/memory-lock-store.ts';
import { MemoryRunStore } from '../../../lib/store/memory/memory-run-store.ts';

/** The stores that a simulated world works on, and a way to look into them that is no call of theirs. */
export interface Backend {
  readonly runs: RunStore;
  readonly locks: LockStore;
  readonly once: (runs: RunStore) => Once;
  peek(runId: string): Promise<RunRecord | undefined>;
  peekLock(job: string): Promise<LockView>;
  /** Changes the ports of each delivery: for protocols that are broken on purpose. */
  readonly change?: (ports: RunPorts) => RunPorts;
}

export interface BackendParts {
  readonly runs?: MemoryRunStore;
  readonly locks?: MemoryLockStore;
  readonly once?: Backend['once'];
  readonly change?: (ports: RunPorts) => RunPorts;
}

export function memoryBackend({
  runs = new MemoryRunStore(),
  locks = new MemoryLockStore(),
  ...parts
}: BackendParts = {}): Backend {
  const peek = async (runId: string) => runs.all().find(({ id }) => id === runId);
  return { runs, locks, once: createDirectOnce, peek, peekLock: (job) => locks.read(job), ...parts };
}
