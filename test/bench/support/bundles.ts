import { join, relative, resolve } from 'node:path';
import { buildSync, type Metafile } from 'esbuild';
import { checkApp } from '../../../lib/app/check-app.ts';
import { build, ESBUILD } from '../../../lib/cdk/bundle/build.ts';
import { entriesOf } from '../../../lib/cdk/bundle/bundle.ts';
import { schedule } from '../../../lib/entry/belfry.ts';
import heartbeat from '../../fixtures/app/functions/heartbeat.ts';
import { DUE } from '../../support/requests.ts';
import { STAGES } from '../../support/stages.ts';

const PROJECT = join(import.meta.dirname, '../../..');
const HEARTBEAT = 'test/fixtures/app/functions/heartbeat.ts';

/** The files that one handler is deployed with. */
export interface Bundle {
  /** What Lambda loads. */
  readonly entry: string;
  /** Of all its code, what is loaded on demand included; without source maps. */
  readonly bytes: number;
  /** What each source has contributed, in bytes; by its path in the project. */
  readonly bytesBySource: ReadonlyMap<string, number>;
  /** Which sources import each source, by their paths in the project. */
  readonly importersOf: ReadonlyMap<string, readonly string[]>;
}

/** Bundles heartbeat, alone, as the deployment does. @param directory an existing one, by its real path */
export function bundleHeartbeat(directory: string): Bundle {
  const app = checkApp({
    deployment: { app: 'bench', stage: 'dev' },
    stages: STAGES,
    files: [{ file: HEARTBEAT, path: join(PROJECT, HEARTBEAT), group: '', exported: heartbeat }],
    schedules: { heartbeat: schedule(heartbeat, { every: '5 minutes' }) },
    now: DUE,
    readCalendarFile: () => [],
  });
  return readBundle(build(entriesOf(app), directory), { directory, entry: 'out/heartbeat.mjs' });
}

/** Bundles another handler with the same options. */
export function bundleHandler(name: string, directory: string): Bundle {
  const entryPoints = [{ in: join(import.meta.dirname, `../handlers/${name}.ts`), out: name }];
  const { metafile } = buildSync({ ...ESBUILD, entryPoints, absWorkingDir: directory });
  return readBundle(metafile, { directory, entry: `out/${name}.mjs` });
}

function readBundle({ inputs, outputs }: Metafile, { directory, entry }: { directory: string; entry: string }): Bundle {
  const nameOf = (path: string): string => relative(PROJECT, resolve(directory, path)).replaceAll('\\', '/');
  const code = Object.entries(outputs).flatMap(([file, output]) => (file.endsWith('.map') ? [] : [output]));
  const bytesBySource = new Map<string, number>();
  for (const [path, { bytesInOutput }] of code.flatMap((output) => Object.entries(output.inputs))) {
    bytesBySource.set(nameOf(path), (bytesBySource.get(nameOf(path)) ?? 0) + bytesInOutput);
  }
  const importersOf = new Map<string, string[]>();
  for (const [importer, { imports }] of Object.entries(inputs)) {
    for (const { path, external } of imports) {
      if (external === true) continue;
      importersOf.set(nameOf(path), [...(importersOf.get(nameOf(path)) ?? []), nameOf(importer)]);
    }
  }
  const bytes = code.reduce((sum, output) => sum + output.bytes, 0);
  return { entry: join(directory, entry), bytes, bytesBySource, importersOf };
}

/** What Belfry itself has put into a bundle, the largest first. */
export function belfryShare({ bytesBySource }: Bundle): readonly (readonly [source: string, bytes: number])[] {
  return [...bytesBySource].filter(([source]) => source.startsWith('lib/')).sort(([, one], [, other]) => other - one);
}
