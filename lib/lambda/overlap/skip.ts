import { createSkipGate } from '../../run/overlap/skip.ts';
import type { CreateGate } from './create-gate.ts';
import { gatePorts } from './gate-ports.ts';

/** The gate of `overlap: 'skip'`, with locks in the table. */
export const skip: CreateGate = (parts) => createSkipGate(gatePorts(parts));
