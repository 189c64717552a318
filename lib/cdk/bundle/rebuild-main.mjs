// @ts-check
/**
 * Builds once more, with imports that lead where Node's own resolution leads: `buildSync` takes no plugin, and an alias would
 * hold for every importer. Plain JavaScript, since plain `node` runs it; the other side is rebuild.ts.
 */
import { realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

/** @typedef {import('./rebuild.ts').Rebuild} Rebuild */
/** @typedef {import('./node-imports.ts').Edge} Edge */

/** @type {Rebuild} */
const { options, edges, standIn } = JSON.parse(await text(process.stdin));

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

const edgesByKey = new Map(edges.map((edge) => [keyOf(edge), edge]));

/**
 * What `import()` of CommonJS gives in Node: every name, beside `default`. A getter is called when its name is read, and gives
 * undefined where it throws: it may load half a package, or a part that is not installed. A module with an export `then` is
 * awaited as a promise is.
 *
 * @param {string} path
 */
const standInFor = (path) => `
  const module = require(${JSON.stringify(path)});
  const read = (name) => {
    try {
      return module[name];
    } catch {}
  };
  const names = { default: module };
  for (const name of Object.keys(Object(module))) {
    if (name === 'default') continue;
    const { get, value } = Object.getOwnPropertyDescriptor(module, name);
    Object.defineProperty(names, name, { enumerable: true, ...(get ? { get: () => read(name) } : { value }) });
  }
  export const then = (resolve) => resolve(names);
`;

try {
  const { metafile } = await build({
    ...options,
    plugins: [
      {
        name: 'resolve-as-node',
        setup({ onResolve, onLoad }) {
          onResolve({ filter: /.*/ }, ({ importer, kind, path }) => {
            const edge = edgesByKey.get(keyOf({ importer, kind, specifier: path }));
            const target = edge && (edge.isCommonJs ? edge.target : resolveAsNode(edge));
            if (target === undefined) return undefined;
            return { path: target, ...(edge?.isCommonJs ? { namespace: standIn } : {}) };
          });
          onLoad({ filter: /.*/, namespace: standIn }, ({ path }) => ({
            contents: standInFor(path),
            resolveDir: dirname(path),
          }));
        },
      },
    ],
  });
  process.stdout.write(JSON.stringify({ metafile }));
} catch (error) {
  const { errors = [], message } = /** @type {Partial<import('esbuild').BuildFailure>} */ (error);
  process.stdout.write(JSON.stringify({ errors, message }));
}
