import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { checkApp } from '../../lib/app/check-app.ts';
import { loadJobs } from '../../lib/app/load-jobs.ts';
import { build } from '../../lib/cdk/bundle/build.ts';
import { entriesOf } from '../../lib/cdk/bundle/bundle.ts';
import { isJob, type Job } from '../../lib/job/job.ts';
import { type ScheduleOptions, schedule } from '../../lib/job/schedule.ts';
import { DUE } from '../support/requests.ts';
import { STAGES } from '../support/stages.ts';

const LIBRARY = join(import.meta.dirname, '../../lib/entry/belfry.ts');

const directory = realpathSync(mkdtempSync(join(tmpdir(), 'belfry-own-code-')));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

export interface MeasuredApp {
  /** By name, the definitions without `run`; the first is measured. */
  readonly jobs: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** More of the first job's schedule, which is due daily. */
  readonly schedule?: Partial<ScheduleOptions<undefined>>;
  readonly isEmulated?: boolean;
  readonly hasAlerts?: boolean;
  readonly hasDurations?: boolean;
}

/** What Belfry itself puts into the function of an app's first job: bytes by source, minified. */
export async function ownCode({
  jobs,
  schedule: options = {},
  isEmulated = false,
  hasAlerts = false,
  hasDurations = false,
}: MeasuredApp): Promise<ReadonlyMap<string, number>> {
  const folder = mkdtempSync(join(directory, 'app-'));
  const files = await loadJobs(writeJobs(folder, jobs));
  const [measured = ''] = Object.keys(jobs);
  const job = files.map(({ exported }) => exported).find((each): each is Job => isJob(each) && each.name === measured);
  if (job === undefined) throw new Error('there is no job to measure');
  const app = checkApp({
    deployment: { app: 'bench', stage: 'dev' },
    stages: STAGES,
    files,
    schedules: { daily: schedule(job, { every: '1 day', ...options } as ScheduleOptions<unknown>) },
    now: DUE,
    readCalendarFile: () => [],
  });
  const { outputs } = build(entriesOf({ ...app, isEmulated, hasAlerts, hasDurations }), folder);
  const reached = new Set([`out/${measured}.mjs`]);
  // A set that grows while it is walked is walked to its end.
  for (const file of reached) {
    for (const { path, external } of outputs[file]?.imports ?? []) if (external !== true) reached.add(path);
  }
  const sizes = new Map<string, number>();
  for (const [path, { bytesInOutput }] of [...reached].flatMap((file) => Object.entries(outputs[file]?.inputs ?? {}))) {
    const source = path.includes('node_modules') ? undefined : /\/(lib\/.*)$/.exec(path)?.[1];
    if (source !== undefined) sizes.set(source, (sizes.get(source) ?? 0) + bytesInOutput);
  }
  return sizes;
}

function writeJobs(folder: string, jobs: MeasuredApp['jobs']): string {
  const functions = join(folder, 'functions');
  mkdirSync(functions);
  for (const [name, definition] of Object.entries(jobs)) {
    const options = JSON.stringify(definition).slice(1, -1);
    const text = `import { defineJob } from ${JSON.stringify(LIBRARY)};\nexport default defineJob('${name}', { ${options}${options && ', '}run() {} });\n`;
    writeFileSync(join(functions, `${name}.ts`), text);
  }
  return functions;
}

export const bytesIn = (sizes: ReadonlyMap<string, number>): number =>
  [...sizes.values()].reduce((sum, each) => sum + each, 0);
