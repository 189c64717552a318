import type { Gate, GatePorts } from './gate.ts';
import { createLockGate, type Place } from './lock-gate.ts';

/** `overlap: 'skip'`: one run at a time; what is due meanwhile is skipped. */
export const createSkipGate = (ports: GatePorts): Gate => createLockGate(ports, SKIPPED);

/** A due run leaves a free lock to nobody: it would be skipped while no run is going. */
const SKIPPED: Place = {
  respects: [],
  stepAside: async (_request, holder) => holder && { kind: 'skip', skip: { reason: 'overlap', blockedBy: holder.run } },
};
