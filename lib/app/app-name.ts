import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * What an app is called that gives itself no name: as its package, without scope and hyphens.
 *
 * @param directory where the search for package.json begins; it goes on in the folders above
 * @returns undefined where there is no package.json with a name; it may be a name that is not allowed
 */
export function packageAppName(directory: string): string | undefined {
  const path = join(directory, 'package.json');
  if (existsSync(path)) {
    const { name } = JSON.parse(readFileSync(path, 'utf8')) as { readonly name?: unknown };
    if (typeof name === 'string') return asDeploymentName(name.replace(/^@[^/]*\//, ''));
  }
  const above = dirname(directory);
  return above === directory ? undefined : packageAppName(above);
}

/** The letters and digits of a text, in lower case. */
export const asDeploymentName = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
