import type { OverlapPolicy } from '../job/overlap.ts';
import { createAllowGate } from '../run/overlap/allow.ts';
import type { Gate, GatePorts } from '../run/overlap/gate.ts';
import { createSkipGate } from '../run/overlap/skip.ts';

/** All gates, for what runs jobs without a bundle of their own. */
export const GATES: Readonly<Record<OverlapPolicy, (ports: GatePorts) => Gate>> = {
  skip: createSkipGate,
  allow: createAllowGate,
};
