import type { EpochMs } from '../../units.ts';
import type { LockHold, LockRequest } from '../ports.ts';
import { hasEnded } from '../record.ts';
import type { GatePorts } from './gate.ts';

export type LockResult =
  | { readonly kind: 'taken'; readonly hold: LockHold }
  | { readonly kind: 'busy'; readonly holder: string; readonly until: EpochMs };

/**
 * Takes a job's lock, also from a run that has ended without freeing it: its delivery died between
 * completing and releasing, and waiting for the lease would skip a run for nothing.
 */
export async function takeLock(request: LockRequest, { locks, runs }: GatePorts): Promise<LockResult> {
  const taken = await locks.take(request);
  if (taken.kind === 'taken') return taken;

  const holder = await runs.get(taken.holder.run);
  const isOver = holder === undefined || hasEnded(holder.status);
  const final = isOver ? await locks.takeOver(request, taken.holder) : taken;
  return final.kind === 'taken' ? final : { kind: 'busy', holder: final.holder.run, until: final.until };
}
