import { noAssets } from './errors.ts';
import type { Job } from './job.ts';

/**
 * The one spelling of an asset's path by which it is compared: `./data//zones.json` and `data/x/../zones.json` are
 * `data/zones.json`. Empty for the project's folder itself; begins with `..` where the path leads out of it.
 */
export function normalizeAsset(path: string): string {
  const parts: string[] = [];
  for (const [index, part] of path.split('/').entries()) {
    if (part === '..' && (parts.at(-1) ?? part) !== part) parts.pop();
    // An empty first part is what an absolute path begins with.
    else if (part !== '.' && (part !== '' || index === 0)) parts.push(part);
  }
  return parts.join('/');
}

/**
 * The path, normalized, of a file or folder that a job names in `assets`, or that is in one of these folders. A slash at its end
 * stays, since code may append a name.
 *
 * @throws Error for one that the job does not name, which is not deployed
 */
export function findAsset({ name, definition }: Job, path: string): string {
  const { assets = [] } = definition;
  if (assets.length === 0) return noAssets();
  const clean = normalizeAsset(path);
  if (!assets.some((each) => `${clean}/`.startsWith(`${normalizeAsset(each)}/`))) {
    throw new Error(`the assets of the job "${name}" do not name ${path}; they are: ${assets.join(', ')}`);
  }
  return path.endsWith('/') ? `${clean}/` : clean;
}
