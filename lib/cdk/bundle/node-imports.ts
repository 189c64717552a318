import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import type { ImportKind, Metafile } from 'esbuild';
import { Packages } from './packages.ts';

/** An import that has to be led to what Node loads. */
export interface Edge {
  /** Absolute. */
  readonly importer: string;
  readonly kind: ImportKind;
  readonly specifier: string;
  /** Where it led to; absolute. */
  readonly target: string;
  /** Whether it is `import()` of CommonJS, of which a file of its own has the default export alone. */
  readonly isCommonJs?: true;
}

/** Before the paths of modules that stand for one in CommonJS where it is imported by `import()`. */
export const STAND_IN = 'belfry-commonjs';

/**
 * The imports that must lead where Node leads them, and not where esbuild does.
 *
 * esbuild takes the build of a package that `module` names, an ES module, of which what is unused can be left out. Node
 * never looks at it. A caller of `require` gets a namespace of it, where the package's main module may export a function;
 * an ES module that imports `default` gets another value than the `module.exports` that Node gives it. Once such an import
 * leads to the main module, all imports of that build have to, or the package would be there twice, with two states.
 *
 * Besides, `import()` of CommonJS gives its names in Node; in a bundle that is split it gives its default export and no name.
 *
 * @param directory what the metafile's paths start from
 * @param mended edges that lead where Node leads them already
 */
export function importsToMend({ inputs }: Metafile, directory: string, mended: readonly Edge[] = []): readonly Edge[] {
  const edges = Object.entries(inputs).flatMap(([path, { imports }]) =>
    imports.flatMap(({ kind, path: target, original: specifier, external }): Edge[] => {
      if (external === true || specifier === undefined || [path, target].some(isStandIn)) return [];
      const edge = { importer: resolve(directory, path), kind, specifier, target: resolve(directory, target) };
      const format = inputs[target]?.format;
      if (format === 'cjs' && kind === 'dynamic-import') return [{ ...edge, isCommonJs: true }];
      return format === 'esm' && target.includes('node_modules') ? [edge] : [];
    }),
  );
  const packages = new Packages();
  const left = new Set(mended.map(({ target }) => target));
  for (const edge of edges)
    if (!edge.isCommonJs && !left.has(edge.target) && isMisled(edge, packages)) left.add(edge.target);
  const isMended = new Set(mended.map(keyOf));
  return edges.filter((edge) => (edge.isCommonJs || left.has(edge.target)) && !isMended.has(keyOf(edge)));
}

/** Whether a path of a metafile is of a module that stands for another. */
export const isStandIn = (path: string): boolean => path.startsWith(`${STAND_IN}:`);

const keyOf = ({ importer, kind, specifier }: Edge): string => JSON.stringify([importer, kind, specifier]);

/** Whether an import gets something else than it gets in Node. */
function isMisled(edge: Edge, packages: Packages): boolean {
  switch (edge.kind) {
    case 'require-call':
      return mainOf(edge) !== edge.target;
    case 'import-statement':
    case 'dynamic-import':
      return takesWrongDefault(edge, packages);
    default:
      return false;
  }
}

function takesWrongDefault(edge: Edge, packages: Packages): boolean {
  if (edge.specifier.startsWith('.')) return false;
  // Where Node does not run the importer as an ES module, a compiler has turned its imports into calls that look for __esModule.
  if (!isModule(edge.importer, packages)) return false;
  // With `exports`, Node and esbuild go by the same conditions.
  if (packages.of(edge.target).json.exports !== undefined) return false;
  const main = mainOf(edge);
  return main !== edge.target && !isModule(main, packages) && takesDefault(edge);
}

/** What Node's `require` loads; the target itself where Node finds nothing. */
function mainOf({ importer, specifier, target }: Edge): string {
  try {
    return createRequire(importer).resolve(specifier);
  } catch {
    return target;
  }
}

/** Whether Node takes a file for an ES module. */
const isModule = (file: string, packages: Packages): boolean =>
  /\.m[jt]s$/.test(file) || (!/\.c[jt]s$/.test(file) && packages.of(file).json.type === 'module');

/** Whether an importer looks at the default export: single names are the same in both builds. */
function takesDefault({ importer, kind, specifier }: Edge): boolean {
  const source = readFileSync(importer, 'utf8');
  if (kind === 'dynamic-import') return /\.default\b|\bdefault\s*:\s*[\w$]+\s*[,}]/.test(source);
  const clauses = source.matchAll(/\b(?:import|export)\s+(?!type\s)([^;'"]*?)\s*from\s*(['"])([^'"]+)\2/g);
  return [...clauses].some(([, clause = '', , from]) => {
    const all = /^\*\s*as\s+([\w$]+)/.exec(clause)?.[1];
    if (from !== specifier) return false;
    return all === undefined ? /^[\w$]|\bdefault\b/.test(clause) : source.includes(`${all}.default`);
  });
}
