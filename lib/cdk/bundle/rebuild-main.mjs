// @ts-check
/**
 * Builds once more, with imports that lead where Node's own resolution leads: `buildSync` takes no plugin, and an alias would
 * hold for every importer. Plain JavaScript, since plain `node` runs it; the other side is rebuild.ts.
 */
import { realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { text } from 'node:stream/consumers';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/** @typedef {import('./rebuild.ts').Rebuild} Rebuild */
/** @typedef {import('./node-imports.ts').Edge} Edge */

/** @type {Rebuild} */
const { options, edges } = JSON.parse(await text(process.stdin));

/** @param {Pick<Edge, 'importer' | 'kind' | 'specifier'>} edge */
const keyOf = ({ importer, kind, specifier }) => JSON.stringify([importer, kind, specifier]);

/** @param {Edge} edge @returns {string | undefined} */
function resolveAsNode({ importer, kind, specifier }) {
  try {
    if (kind === 'require-call') return createRequire(importer).resolve(specifier);
    // Resolves from another file with the flag that this process is started with.
    return realpathSync(fileURLToPath(import.meta.resolve(specifier, pathToFileURL(importer))));
  } catch {
    // esbuild finds more than Node does, such as files without their ending: then there is nothing that Node would load.
    return undefined;
  }
}

const targets = new Map(edges.map((edge) => /** @type {const} */ ([keyOf(edge), resolveAsNode(edge)])));

try {
  const { metafile } = await build({
    ...options,
    plugins: [
      {
        name: 'resolve-as-node',
        setup({ onResolve }) {
          onResolve({ filter: /.*/ }, ({ importer, kind, path }) => {
            const target = targets.get(keyOf({ importer, kind, specifier: path }));
            return target === undefined ? undefined : { path: target };
          });
        },
      },
    ],
  });
  process.stdout.write(JSON.stringify({ metafile }));
} catch (error) {
  const { errors = [], message } = /** @type {Partial<import('esbuild').BuildFailure>} */ (error);
  process.stdout.write(JSON.stringify({ errors, message }));
}
