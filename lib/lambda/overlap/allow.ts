import { createAllowGate } from '../../run/overlap/allow.ts';
import type { CreateGate } from './create-gate.ts';

/** The gate of `overlap: 'allow'`. */
export const allow: CreateGate = createAllowGate;
