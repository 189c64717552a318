import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { App, type AppProps, Stack } from 'aws-cdk-lib';
import { inject } from 'vitest';
import type { JobFile } from '../../lib/app/check-jobs.ts';
import { Belfry, type BelfryProps } from '../../lib/cdk/belfry.ts';
import { defineJob, schedule } from '../../lib/entry/belfry.ts';
import type { Job } from '../../lib/job/job.ts';
import { CDK_FLAGS } from '../fixtures/fixture-app.ts';
import type {} from '../support/scratch-folder.ts';
import { STAGES } from '../support/stages.ts';

/** Resources by logical id, as CloudFormation would get them. */
export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs?: Readonly<Record<string, unknown>>;
}

export interface Resource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into arbitrary CloudFormation
  readonly Properties: any;
  readonly DeletionPolicy?: string;
}

/** A new folder, removed after all tests. */
export const createFolder = (): string => mkdtempSync(join(inject('scratch'), 'folder-'));

/** An app with the feature flags of cdk.json, without bundling and without CDK's own validator. */
export const createApp = (props: AppProps = {}): App =>
  new App({
    context: { ...CDK_FLAGS, 'aws:cdk:bundling-stacks': [] },
    builtinCloudFormationValidation: false,
    analyticsReporting: false,
    stackTraces: false,
    treeMetadata: false,
    outdir: createFolder(),
    ...props,
  });

/** A file as the loader would have found it. */
export const jobFile = (job: Job, group = ''): JobFile => {
  const file = ['functions', group, `${job.name}.ts`].filter((part) => part !== '').join('/');
  return { file, path: join(import.meta.dirname, '../..', file), group, exported: job };
};

export const report = defineJob('report', {
  timeout: '5 minutes',
  retry: { maxAttempts: 3, backoff: { initial: '30 seconds', factor: 2, max: '15 minutes' } },
  async run() {},
});

/** An app with one job and one schedule, unless told otherwise. */
export function synth(
  props: Partial<BelfryProps> = {},
  arrange: (belfry: Belfry, stack: Stack) => void = () => {},
  context: Readonly<Record<string, unknown>> = {},
) {
  const app = createApp();
  for (const [key, value] of Object.entries(context)) app.node.setContext(key, value);
  const stack = new Stack(app, 'Stack');
  const belfry = new Belfry(stack, 'Belfry', {
    app: 'shop',
    stage: 'dev',
    stages: STAGES,
    jobs: [jobFile(report)],
    schedules: { nightly: schedule(report, { cron: '0 2 * * *', timezone: 'Europe/Stockholm' }) },
    ...props,
  });
  arrange(belfry, stack);
  const assembly = app.synth();
  const templateOf = (name: string): Template => assembly.getStackByName(name).template;
  return { template: templateOf('Stack'), templateOf, outdir: assembly.directory };
}

/** All of a type, the watchdog's among them. */
export const resourcesOf = ({ Resources }: Template, type: string): readonly Resource[] =>
  Object.values(Resources).filter(({ Type }) => Type === type);

/** What the watchdog adds to a deployment. */
export const watchdogOf = (template: Template): Template => part(template, isWatchdogs);

/** What a deployment has for its jobs and for all of them. */
export const withoutWatchdog = (template: Template): Template => part(template, (id) => !isWatchdogs(id));

/** By the construct that its resources stand in: not all of them have a name of their own. */
const isWatchdogs = (logicalId: string): boolean => /Jobs(Schedule)?watchdog[A-Z\d]/.test(logicalId);

const isOfJobs = (logicalId: string): boolean => !isWatchdogs(logicalId) && !/AlertsFunction/.test(logicalId);

const part = (template: Template, belongs: (logicalId: string) => boolean): Template => ({
  ...template,
  Resources: Object.fromEntries(Object.entries(template.Resources).filter(([id]) => belongs(id))),
});

/** The one resource of a type beside those of the watchdog and of alerts, or the one of all whose properties a predicate picks. */
export function only(template: Template, type: string, isIt?: (resource: Resource) => boolean): Resource {
  const candidates = isIt === undefined ? resourcesOf(part(template, isOfJobs), type) : resourcesOf(template, type);
  const [found, ...others] = isIt === undefined ? candidates : candidates.filter(isIt);
  if (found === undefined || others.length > 0) throw new Error(`${type}: ${found ? 'several' : 'none'}`);
  return found;
}

export const queueNamed = (template: Template, name: string): Resource =>
  only(template, 'AWS::SQS::Queue', ({ Properties }) => Properties.QueueName === name);

export const alarmNamed = (template: Template, name: string): Resource =>
  only(template, 'AWS::CloudWatch::Alarm', ({ Properties }) => Properties.AlarmName === name);
