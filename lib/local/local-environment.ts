import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';

/** The file that sets variables for jobs on this machine, and only there. */
export const ENVIRONMENT_FILE = '.belfry.env';

/** The variables of `.belfry.env`, in dotenv's form; none when there is no such file. */
export async function readLocalEnvironment(projectDirectory: string): Promise<Record<string, string>> {
  try {
    const text = await readFile(join(projectDirectory, ENVIRONMENT_FILE), 'utf8');
    return parseEnv(text) as Record<string, string>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}
