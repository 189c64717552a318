import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readManifest } from '../../local/manifest.ts';
import { synthesize } from '../../local/synthesize.ts';
import type { Manifest } from '../../manifest.ts';

export interface SynthesizedApp {
  readonly manifest: Manifest;
  /** What synth tells and nobody need mend, a line each: which entries are over. */
  readonly notes: readonly string[];
}

/**
 * What the app in a checkout is now. It is synthesized into a folder of its own, which is removed again: a cloud
 * that runs in the checkout, and its state, are left alone.
 *
 * @throws SynthesisError with what the app printed
 */
export async function synthesizedApp(projectDirectory: string, stage: string | undefined): Promise<SynthesizedApp> {
  const outputDirectory = await mkdtemp(join(tmpdir(), 'belfry-synth-'));
  try {
    const notes: string[] = [];
    await synthesize({ projectDirectory, outputDirectory, stage, onNote: (note) => notes.push(note) });
    return { manifest: await readManifest(outputDirectory), notes };
  } finally {
    await rm(outputDirectory, { recursive: true, force: true });
  }
}
