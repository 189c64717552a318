import { resolve, sep } from 'node:path';
import type { Metafile } from 'esbuild';
import type { CheckedJob } from '../../app/check-jobs.ts';
import type { JobWarningName } from '../../job/warnings.ts';
import { filesBesideCode } from './files-beside-code.ts';
import { type Inputs, inputsOf } from './input-graph.ts';
import { problemsOfNativeModules } from './native-modules.ts';
import { nameIn, problemOfImports } from './not-shipped.ts';

export interface Findings {
  /** What keeps the job's function from running. */
  readonly problems: readonly string[];
  /** What may keep it from doing what it does in a test. */
  readonly warnings: readonly string[];
}

export interface InspectedFolders {
  /** What the metafile's paths start from. */
  readonly directory: string;
  readonly project: string;
}

const LIB = resolve(import.meta.dirname, '../..') + sep;

/** Packages that Belfry is built on. */
const FOUNDATION = /\/node_modules\/(@aws-sdk|@smithy|@aws-lambda-powertools)\//;

/** Belfry's own code and what it is built on read no file beside their code. */
const mayAskForFiles = (path: string): boolean => !path.startsWith(LIB) && !FOUNDATION.test(path);

const BESIDE_CODE: JobWarningName = 'file-beside-code';

/** Looks at what a job's bundle is made from: for what does not run in a Lambda function, though it runs in a test. */
export function inspectJob(job: CheckedJob, metafile: Metafile, { directory, project }: InspectedFolders): Findings {
  const inputs = inputsOf(job.name, metafile, directory);
  const say = (text: string): string => `${job.file}: job "${job.name}": ${text}`;
  const misplaced = problemOfImports(inputs, project);
  const problems =
    misplaced === undefined
      ? [...problemsOfNativeModules(inputs, project), ...problemsOfExternal(job, inputs)]
      : [misplaced];
  return {
    problems: problems.map(say),
    warnings: problems.length > 0 ? [] : warningsOf(job, inputs, project).map(say),
  };
}

/** A package that is left out and that nothing imports is a name with an error in it. */
function problemsOfExternal({ external }: CheckedJob, { reached }: Inputs): readonly string[] {
  const leftOut = reached.filter(({ isExternal }) => isExternal).map(({ path }) => path);
  return external
    .filter((name) => !leftOut.some((path) => path === name || path.startsWith(`${name}/`)))
    .map(
      (name) => `external: "${name}" is imported nowhere in its code; remove it, or write the name as it is imported`,
    );
}

/** How many places a warning names. */
const PLACES_NAMED = 3;

function warningsOf({ job, assets, external }: CheckedJob, { bundled }: Inputs, project: string): readonly string[] {
  // A job that names assets has them deployed.
  if (assets.length + external.length > 0 || job.definition.acknowledge?.[BESIDE_CODE] !== undefined) return [];
  const places = [...bundled]
    .filter((path) => /\.[cm]?[jt]sx?$/.test(path) && mayAskForFiles(path))
    .flatMap((path) =>
      filesBesideCode(path, path.includes(`node_modules${sep}`)).map(
        ({ line, text }) => `${nameIn(project, path)}:${line} (${text})`,
      ),
    );
  if (places.length === 0) return [];
  const named = places.slice(0, PLACES_NAMED).join(', ');
  const more = places.length > PLACES_NAMED ? ` and ${places.length - PLACES_NAMED} more` : '';
  return [
    `a bundle has no files beside its code, and these ask for one: ${named}${more}; name the files in assets and open them by context.asset(path), or keep it with acknowledge: { '${BESIDE_CODE}': '<reason>' }`,
  ];
}
