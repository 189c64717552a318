import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Inputs } from './input-graph.ts';
import { nameIn } from './not-shipped.ts';
import { type Package, Packages } from './packages.ts';

/** In a package's code: that it loads a file of machine code, itself or by one of the packages that find one. */
const LOADS_NATIVE =
  /['"`](?:bindings|node-gyp-build(?:-optional-packages)?|@mapbox\/node-pre-gyp|node-pre-gyp)['"`]|[\w)}]\.node['"`]/;

/** What is wrong with a job whose code loads native modules: a problem for each package or file that does. */
export function problemsOfNativeModules({ reached, bundled }: Inputs, project: string): readonly string[] {
  const packages = new Packages();
  // Of the file itself there is nothing in the bundle.
  const files = reached.filter(({ path, isExternal }) => !isExternal && path.endsWith('.node'));
  const found = new Map(files.map(({ path }) => problemOfFile(path, packages.of(path), project)));
  for (const path of bundled) {
    if (!path.includes('node_modules') || !LOADS_NATIVE.test(readFileSync(path, 'utf8'))) continue;
    const { directory, json } = packages.of(path);
    const name = String(json.name);
    const native = found.has(name) ? undefined : nativeFileOf({ directory, json });
    if (native !== undefined) found.set(name, problemOfPackage(name, nameIn(project, native)));
  }
  return [...found.values()];
}

function problemOfFile(path: string, { json }: Package, project: string): [name: string, problem: string] {
  const file = nameIn(project, path);
  if (path.includes('node_modules')) return [String(json.name), problemOfPackage(String(json.name), file)];
  return [
    file,
    `it imports ${file}, a native module, which a bundle cannot contain; name it in assets: ['${file}'] and load it by createRequire(import.meta.url)(context.asset('${file}')), built for Linux on arm64`,
  ];
}

const problemOfPackage = (name: string, file: string): string =>
  `the package ${name} loads a native module (${file}), which a bundle cannot contain; put the package into a layer, built for Linux on arm64: belfry.job(…).layers(…) in infra/access.ts and external: ['${name}'] in the job. If the job can do without, do not install it`;

/** A file or folder of machine code that a package, or a package for this machine that it asks for, has. */
function nativeFileOf({ directory, json }: Package): string | undefined {
  const own = nativeFileIn(directory);
  if (own !== undefined) return own;
  const require = createRequire(join(directory, 'package.json'));
  for (const name of Object.keys(Object(json.optionalDependencies))) {
    const folder = require.resolve
      .paths(name)
      ?.map((each) => join(each, name))
      .find((each) => existsSync(each));
    const native = folder === undefined ? undefined : nativeFileIn(folder);
    if (native !== undefined) return native;
  }
  return undefined;
}

/** Where packages keep it, at the deepest: `build/Release/x.node`, `prebuilds/linux-arm64/x.node`. */
const DEPTH = 3;

function nativeFileIn(directory: string, depth = DEPTH): string | undefined {
  const entries = readdirSync(directory, { withFileTypes: true });
  const file = entries.find(({ name }) => name.endsWith('.node') || name === 'binding.gyp');
  if (file !== undefined) return join(directory, file.name);
  if (depth === 1) return undefined;
  for (const entry of entries) {
    if (!entry.isDirectory() || entry.name === 'node_modules') continue;
    const found = nativeFileIn(join(directory, entry.name), depth - 1);
    if (found !== undefined) return found;
  }
  return undefined;
}
