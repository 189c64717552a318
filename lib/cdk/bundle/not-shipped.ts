import { relative, resolve, sep } from 'node:path';
import type { Inputs, Reached } from './input-graph.ts';

/** Packages that deploy or test and have no business in a function: left out of the bundle, so that it is built at once. */
export const NOT_SHIPPED_PACKAGES = ['belfry/cdk', 'belfry/testing', 'aws-cdk-lib', 'constructs', 'cdk-nag'];

/** The rooms of `lib/` whose code does not ship in a function, and what users import of them. */
export const NOT_SHIPPED_ROOMS = ['app', 'cdk', 'forecast', 'local', 'emulators', 'testing', 'cli'];
const NOT_SHIPPED_FILES = ['entry/cdk.ts', 'entry/testing.ts'];

const LIB = resolve(import.meta.dirname, '../..');

/** What is wrong with a job that imports what must not ship in a function; `undefined` where it does not. */
export function problemOfImports({ reached }: Inputs, project: string): string | undefined {
  for (const module of reached) {
    const name = nameNotShipped(module, project);
    if (name === undefined) continue;
    const way = [...module.way.map((path) => nameIn(project, path)), name].join(' → ');
    return `it imports ${name}, which must not ship in a Lambda function: ${way}; put what both need into a file of functions/ whose name begins with _, and import that`;
  }
  return undefined;
}

/** @returns how messages call it; `undefined` for what may ship */
function nameNotShipped({ path, isExternal }: Reached, project: string): string | undefined {
  if (isExternal) {
    return NOT_SHIPPED_PACKAGES.some((each) => path === each || path.startsWith(`${each}/`)) ? path : undefined;
  }
  const inProject = nameIn(project, path);
  if (inProject.startsWith('infra/')) return inProject;
  const inLib = nameIn(LIB, path);
  const isNotShipped =
    NOT_SHIPPED_FILES.includes(inLib) || NOT_SHIPPED_ROOMS.some((room) => inLib.startsWith(`${room}/`));
  return isNotShipped ? inProject : undefined;
}

/** A path as messages have it: from a folder, where it is in there. */
export const nameIn = (folder: string, path: string): string =>
  path.startsWith(folder + sep) ? relative(folder, path).replaceAll(sep, '/') : path;
