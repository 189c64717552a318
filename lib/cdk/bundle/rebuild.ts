import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { BuildOptions, Message, Metafile } from 'esbuild';
import { type Edge, STAND_IN } from './node-imports.ts';

/** What the process of rebuild-main.mjs reads. */
export interface Rebuild {
  readonly options: BuildOptions & { readonly metafile: true };
  /** Imports that are to lead where Node leads them. */
  readonly edges: readonly Edge[];
  /** The namespace of modules that stand for one in CommonJS. */
  readonly standIn: string;
}

const rebuildMain = fileURLToPath(new URL('./rebuild-main.mjs', import.meta.url));

const MAX_OUTPUT = 512 * 1024 * 1024;

/** As `buildSync`, with some imports led to where Node leads them. @throws BuildFailure as `buildSync` does */
export function rebuild(request: Omit<Rebuild, 'standIn'>): Metafile {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const { stdout, stderr, error } = spawnSync(
    process.execPath,
    ['--experimental-import-meta-resolve', '--no-warnings', rebuildMain],
    {
      input: JSON.stringify({ ...request, standIn: STAND_IN } satisfies Rebuild),
      encoding: 'utf8',
      maxBuffer: MAX_OUTPUT,
      env,
    },
  );
  if (error !== undefined) throw error;
  if (stdout === '') throw new Error(`the process that bundles ended without a result: ${stderr}`);
  const { metafile, errors, message } = JSON.parse(stdout) as Answer;
  if (metafile !== undefined) return metafile;
  throw Object.assign(new Error(message), { errors });
}

interface Answer {
  readonly metafile?: Metafile;
  readonly errors?: readonly Message[];
  readonly message?: string;
}
