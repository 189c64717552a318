import type { Emulator } from './emulator.ts';
import { localstack } from './localstack.ts';
import { ministack } from './ministack.ts';
import { moto } from './moto.ts';

/** What `--emulator` takes. */
export const EMULATORS = { ministack, localstack, moto } as const satisfies Readonly<Record<string, Emulator>>;

export type EmulatorName = keyof typeof EMULATORS;
