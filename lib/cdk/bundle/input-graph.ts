import { resolve } from 'node:path';
import type { Metafile } from 'esbuild';
import { isStandIn } from './node-imports.ts';

/** A module that a function's entry reaches. */
export interface Reached {
  /** Absolute; of a module that is left out of the bundle, what it is imported as. */
  readonly path: string;
  readonly isExternal: boolean;
  /** The modules on the shortest way from the entry to this one, both left out; absolute. */
  readonly way: readonly string[];
}

/** What one function's bundle is made from. */
export interface Inputs {
  /** All modules that its code imports, the nearest first, whether or not something of them is left in the bundle. */
  readonly reached: readonly Reached[];
  /** The modules of which something is in the bundle; absolute. */
  readonly bundled: ReadonlySet<string>;
}

/** Reads from a metafile what the entry `<name>.ts` is made from. @param directory what the metafile's paths start from */
export function inputsOf(name: string, { inputs, outputs }: Metafile, directory: string): Inputs {
  const entry = `${name}.ts`;
  const reached = new Map<string, Reached>();
  const queue = [{ path: entry, way: [] as readonly string[] }];
  // A list that grows while it is walked is walked to its end.
  for (const { path: from, way } of queue) {
    const next = from === entry || isStandIn(from) ? way : [...way, resolve(directory, from)];
    for (const { path, external: isExternal = false } of inputs[from]?.imports ?? []) {
      if (reached.has(path)) continue;
      reached.set(path, { path: isExternal ? path : resolve(directory, path), isExternal, way: next });
      if (!isExternal) queue.push({ path, way: next });
    }
  }
  for (const path of reached.keys()) if (isStandIn(path)) reached.delete(path);
  return { reached: [...reached.values()], bundled: bundledIn(`out/${name}.mjs`, outputs, directory) };
}

function bundledIn(output: string, outputs: Metafile['outputs'], directory: string): ReadonlySet<string> {
  const inputs = [...reachableFrom(output, outputs)].flatMap((file) => Object.entries(outputs[file]?.inputs ?? {}));
  return new Set(
    inputs.flatMap(([path, { bytesInOutput }]) =>
      bytesInOutput > 0 && !isStandIn(path) ? [resolve(directory, path)] : [],
    ),
  );
}

/** The files of a bundle that one of them can load, itself included. */
export function reachableFrom(entry: string, outputs: Metafile['outputs']): ReadonlySet<string> {
  const reached = new Set([entry]);
  // A set that grows while it is walked is walked to its end.
  for (const file of reached) {
    for (const { path, external } of outputs[file]?.imports ?? []) if (external !== true) reached.add(path);
  }
  return reached;
}
