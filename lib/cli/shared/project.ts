import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as z from 'zod/mini';
import { packageAppName } from '../../app/app-name.ts';
import { InvalidAppError } from '../../app/check-report.ts';
import { importInTime } from '../../app/loading/import-in-time.ts';
import { isJob, type Job } from '../../job/job.ts';
import { readManifest } from '../../local/manifest.ts';
import { MANIFEST_FILE, type ManifestJob } from '../../manifest.ts';
import { CommandError, EXIT } from './exit-codes.ts';

/** The folder with cdk.json, here or above. @throws CommandError when there is none */
export function findProject(from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'cdk.json'))) return folder;
    if (folder === dirname(folder)) break;
  }
  throw new CommandError(`no cdk.json in ${from} or above: call this inside a Belfry project`, EXIT.usage);
}

/** A job's definition, from its file. @throws CommandError when the file has none, or does not load */
export async function loadJob(projectDirectory: string, { name, group }: ManifestJob): Promise<Job> {
  // Without a language zod/mini says of every problem only that the input is invalid.
  z.config(z.locales.en());
  const label = ['functions', group, `${name}.ts`].filter((part) => part !== '').join('/');
  try {
    const module = await importInTime(join(projectDirectory, label), { label, directory: projectDirectory });
    if (isJob(module.default)) return module.default;
  } catch (error) {
    if (!(error instanceof InvalidAppError)) throw error;
    throw new CommandError(error.message, EXIT.usage, { cause: error });
  }
  throw new CommandError(`${label} has no default export made by defineJob`, EXIT.usage);
}

/**
 * The app's name: from the context in cdk.json; else as it was last synthesized, which in a stack of the user's own is a
 * property of `Belfry`; else from package.json, as the deployment reads it.
 *
 * @throws CommandError when it has none
 */
export async function appName(projectDirectory: string): Promise<string> {
  const text = await readFile(join(projectDirectory, 'cdk.json'), 'utf8');
  const { context = {}, output = 'cdk.out' } = JSON.parse(text) as CdkJson;
  const app = context.app ?? (await lastAppName(join(projectDirectory, output))) ?? packageAppName(projectDirectory);
  if (app !== undefined) return app;
  throw new CommandError(`${projectDirectory}: the app has no name: set context.app in cdk.json`, EXIT.usage);
}

interface CdkJson {
  readonly context?: { readonly app?: string };
  readonly output?: string;
}

async function lastAppName(assembly: string): Promise<string | undefined> {
  if (!existsSync(join(assembly, MANIFEST_FILE))) return undefined;
  return (await readManifest(assembly)).app;
}
