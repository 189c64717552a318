import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { alternate, type Measure, type Measured, type Row } from '../figures.ts';
import { runNode } from '../support/processes.ts';
import { withScratch } from '../support/scratch.ts';
import { type SynthProject, writeSynthProject } from '../support/synth-projects.ts';

const ROUNDS = 7;
const BUDGETS: ReadonlyMap<number, number> = new Map([[100, 3000]]);

export const synth: Measure = {
  name: 'synth',
  title: "Synth, without CDK's own check of the template",
  measure: () => withScratch(measureIn),
};

async function measureIn(folder: string): Promise<Measured> {
  const rows: Row[] = [];
  for (const jobs of [1, 10, 100]) {
    const project = writeSynthProject(folder, jobs);
    const took = await alternate(ROUNDS, {
      belfry: () => synthesize(project, project.belfryApp),
      plain: () => synthesize(project, project.plainApp),
    });
    const budget = BUDGETS.get(jobs);
    rows.push({
      what: `${jobs} ${jobs === 1 ? 'job' : 'jobs'}`,
      unit: 'ms',
      belfry: took.belfry,
      baseline: { what: `a CDK app of ${jobs} plain ${jobs === 1 ? 'function' : 'functions'}`, sample: took.plain },
      ...(budget === undefined ? {} : { budget }),
    });
  }
  return {
    rows,
    notes: [
      'Whole processes, `node --import tsx <app>`: the CDK CLI would add its own. One stack for each 25 jobs.',
      'Belfry bundles every job and makes 11 resources of it; a plain function makes 3, and all share one small',
      'asset, since NodejsFunction, which bundles, starts an esbuild for each.',
    ],
  };
}

async function synthesize({ directory }: SynthProject, app: string): Promise<number> {
  const { wallMs } = await runNode(['--import', 'tsx', app], { cwd: directory });
  const outdir = join(directory, 'cdk.out');
  if (!existsSync(join(outdir, 'manifest.json'))) throw new Error(`${app} wrote no assembly`);
  rmSync(outdir, { recursive: true });
  return wallMs;
}
