import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { JobFile } from '../../lib/app/check-jobs.ts';
import { Belfry } from '../../lib/cdk/belfry.ts';
import { defineJob, schedule } from '../../lib/entry/belfry.ts';
import type { Schedules } from '../../lib/job/schedule.ts';
import { CDK_FLAGS } from '../fixtures/fixture-app.ts';
import { STAGES } from '../support/stages.ts';

const daily = defineJob('daily', { retry: { maxAttempts: 3 }, async run() {} });
const mailer = defineJob('mailer', { overlap: 'allow', memory: '1024 MB', async run() {} });
const digest = defineJob('digest', { timeout: '10 minutes', async run() {} });

const JOBS: readonly JobFile[] = [
  { job: daily, group: '' },
  { job: mailer, group: '' },
  { job: digest, group: 'reports' },
].map(({ job, group }) => {
  const file = ['functions', group, `${job.name}.ts`].filter((part) => part !== '').join('/');
  return { file, path: join(import.meta.dirname, file), group, exported: job };
});

/** Each way in which an entry can be written that makes another template of it. */
const SCHEDULES: Schedules = {
  'every-day': schedule(daily, { cron: '0 2 * * *', timezone: 'Europe/Stockholm' }),
  'either-day': schedule(daily, { cron: '0 3 1 * mon', catchUp: 'latest' }),
  often: schedule(mailer, { every: '10 minutes', spread: '5 minutes' }),
  once: schedule(mailer, { at: '2099-12-24T18:00', timezone: 'America/New_York' }),
  'off-in-dev': schedule(digest, { cron: '0 7 * * mon-fri', enabled: ['prod'] }),
};

/** All that access.ts can add. */
function grantAll(belfry: Belfry): void {
  const stack = Stack.of(belfry);
  const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-0a1b2c3d4e5f60718',
    availabilityZones: ['a'],
    privateSubnetIds: ['subnet-0a1b2c3d4e5f60718'],
    privateSubnetRouteTableIds: ['rtb-0a1b2c3d4e5f60718'],
  });
  belfry.defaults({ environment: { LOG_LEVEL: 'info' } });
  belfry.job(daily).vpc({ vpc });
  belfry
    .job(mailer)
    .secret('smtp', Secret.fromSecretNameV2(stack, 'Secret', 'smtp'))
    .environment({ FROM: 'a@b.org' });
  belfry.job(digest).readsRuns();
}

/**
 * Synthesizes two apps in two stages each, with a group, and with every feature that makes resources.
 *
 * @returns the files of all templates
 */
export async function synthesizeTemplates(directory: string): Promise<readonly string[]> {
  for (const app of ['shop', 'depot']) {
    for (const stage of ['dev', 'prod']) {
      const outdir = join(directory, `${app}-${stage}`);
      // Nothing is run: to bundle would only take time. CDK's own validator is the same as one of the linters.
      const context = { ...CDK_FLAGS, 'aws:cdk:bundling-stacks': [] };
      const cdk = new App({ outdir, context, builtinCloudFormationValidation: false, analyticsReporting: false });
      const access = (belfry: Belfry): void => grantAll(belfry);
      new Belfry(cdk, 'Belfry', {
        app,
        stage,
        jobs: JOBS,
        schedules: SCHEDULES,
        stages: { ...STAGES, prod: { ...STAGES.prod, dashboard: true } },
        access,
      });
      cdk.synth();
    }
  }
  return await templatesIn(directory);
}

/** The templates in a folder of assemblies. */
export async function templatesIn(directory: string): Promise<readonly string[]> {
  const files = await readdir(directory, { recursive: true });
  return files
    .filter((file) => file.endsWith('.template.json'))
    .sort()
    .map((file) => join(directory, file));
}

export const readTemplate = async (file: string) => JSON.parse(await readFile(file, 'utf8'));
