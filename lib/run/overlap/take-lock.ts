import type { LockHold, LockHolder, LockRequest, LockView } from '../ports.ts';
import { hasEnded } from '../record.ts';
import type { GatePorts } from './gate.ts';

export type LockResult =
  | { readonly kind: 'taken'; readonly hold: LockHold }
  | {
      readonly kind: 'busy';
      /** Whose lease held when the take was refused, and whose run, read after that, had not ended. */
      readonly holder?: LockHolder;
    };

/**
 * Takes a job's lock, also from a run that has ended without freeing it: its delivery died between
 * completing and releasing, and waiting for the lease would skip a run for nothing.
 */
export async function takeLock(request: LockRequest, { locks, runs }: GatePorts): Promise<LockResult> {
  const taken = await locks.take(request);
  if (taken.kind === 'taken') return taken;

  const { holder } = taken.view;
  if (!isHeld(taken.view, request.now) || holder === undefined) return { kind: 'busy' };
  const run = await runs.get(holder.run);
  if (run !== undefined && !hasEnded(run.status)) return { kind: 'busy', holder };
  const takenOver = await locks.takeOver(request, holder);
  return takenOver.kind === 'taken' ? takenOver : { kind: 'busy' };
}

export const isHeld = ({ holder }: LockView, now: number): boolean => holder !== undefined && holder.until > now;
