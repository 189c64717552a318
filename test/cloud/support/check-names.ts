import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The folders of checks, by when they can be made. */
export const PHASES = ['checks', 'checks-after-update', 'checks-after-teardown'] as const;

export type Phase = (typeof PHASES)[number];

/** The names of the checks of a phase, file by file, in their order; read, not run. */
export function checkNames(phase: Phase): readonly string[] {
  const folder = join(import.meta.dirname, '..', phase);
  return readdirSync(folder)
    .sort()
    .flatMap((file) => [...readFileSync(join(folder, file), 'utf8').matchAll(/^check\(\s*(?:'([^']+)'|"([^"]+)")/gm)])
    .map(([, single, double]) => single ?? double ?? '');
}
