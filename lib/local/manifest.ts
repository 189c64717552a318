import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MANIFEST_FILE, type Manifest } from '../manifest.ts';

/** The manifest of an assembly. @throws Error for one that another version of Belfry wrote */
export async function readManifest(assemblyDirectory: string): Promise<Manifest> {
  const path = join(assemblyDirectory, MANIFEST_FILE);
  const manifest = JSON.parse(await readFile(path, 'utf8')) as Manifest;
  if (manifest.v !== 1) throw new Error(`${path} has version ${String(manifest.v)}; this Belfry reads 1`);
  return manifest;
}
