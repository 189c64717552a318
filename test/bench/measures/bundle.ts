import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ENVIRONMENT } from '../../../lib/environment.ts';
import { alternate, exactly, type Measure, type Measured, type Row } from '../figures.ts';
import { type Bundle, belfryShare, bundleHandler, bundleHeartbeat } from '../support/bundles.ts';
import { runNode } from '../support/processes.ts';
import { withScratch } from '../support/scratch.ts';

const ROUNDS = 25;
const KB = 1024;

export const bundle: Measure = {
  name: 'bundle',
  title: "A job's bundle: heartbeat, minified",
  measure: () => withScratch(measureIn),
};

async function measureIn(folder: string): Promise<Measured> {
  const create = (name: string): string => {
    mkdirSync(join(folder, name));
    return join(folder, name);
  };
  const job = bundleHeartbeat(create('job'));
  const bare = bundleHandler('bare', create('bare'));
  const powertools = bundleHandler('bare-powertools', create('powertools'));
  const baselines = { bare: 'a bare handler with its SDK clients', powertools: 'one with SDK and Powertools' };

  const own = belfryShare(job).reduce((sum, [, bytes]) => sum + bytes, 0);
  const size = (of: Bundle, what: string): Row => ({
    what: 'size',
    unit: 'KB',
    belfry: exactly(job.bytes / KB),
    baseline: { what, sample: exactly(of.bytes / KB) },
  });
  const took = await alternate(ROUNDS, {
    job: () => importTime(job),
    bare: () => importTime(bare),
    powertools: () => importTime(powertools),
  });
  const time = (name: keyof typeof baselines): Row => ({
    what: 'import',
    unit: 'ms',
    belfry: took.job,
    baseline: { what: baselines[name], sample: took[name] },
  });
  return {
    rows: [
      size(bare, baselines.bare),
      size(powertools, baselines.powertools),
      { what: 'lib/ in it', unit: 'KB', belfry: exactly(own / KB), budget: 34 },
      time('bare'),
      time('powertools'),
    ],
    notes: [
      'Sizes with what is loaded on demand (SNS, Secrets Manager), without source maps.',
      'Imports in a fresh process each, with the variables of the deployment; the start of Node is not in it.',
    ],
  };
}

const PRINT_IMPORT_TIME = `
  const startedAt = performance.now();
  await import(process.argv[1]);
  process.stdout.write(String(performance.now() - startedAt));
`;

async function importTime({ entry }: Bundle): Promise<number> {
  const variables = Object.values(ENVIRONMENT).map((name) => [name, 'x']);
  const env = { ...Object.fromEntries(variables), AWS_REGION: 'eu-north-1', NODE_OPTIONS: '--enable-source-maps' };
  const args = ['--input-type=module', '--eval', PRINT_IMPORT_TIME, pathToFileURL(entry).href];
  const { stdout } = await runNode(args, { env });
  return Number(stdout);
}
