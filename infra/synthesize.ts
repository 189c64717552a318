import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { checkDeployment } from '../lib/job/check-app.ts';
import { InvalidAppError } from '../lib/job/check-report.ts';
import type { Duration } from '../lib/job/duration.ts';
import { DEFAULT_STAGE, stageNames } from '../lib/job/names.ts';
import type { Schedules } from '../lib/job/schedule.ts';
import { Belfry, PRODUCTION } from './belfry.ts';
import { loadJobs } from './load-jobs.ts';

const PROJECT = join(import.meta.dirname, '..');

/** The keys of the context that Belfry reads: `-c stage=prod` on the command line, or `context` in cdk.json. */
interface Context {
  /** @default 'belfry' */
  readonly app?: string;
  /** @default DEFAULT_STAGE */
  readonly stage?: string;
  readonly alertEmail?: string;
  /** `true` says that the stage runs on an emulator of AWS, see `BelfryProps.isEmulated`. @default false */
  readonly emulator?: boolean | 'true' | 'false';
  /** See `BelfryProps.watchdogGrace`. */
  readonly watchdogGrace?: Duration;
  /** `false` leaves CDK's own check of the template out, most of the time that synth takes. @default true */
  readonly validate?: boolean | 'true' | 'false';
  /** With `region`: the account to look VPCs and the like up in. @default whichever the deployment is made with */
  readonly account?: string;
  readonly region?: string;
}

export interface SynthesizeOptions {
  /** Where the assembly goes. @default `CDK_OUTDIR`, which the CDK CLI sets, else `cdk.out` in the project */
  readonly outdir?: string;
  /** Comes before `CDK_CONTEXT_JSON`, which the CDK CLI sets, and before cdk.json. */
  readonly context?: CompleteContext;
  /** Absolute. @default `functions` in the project */
  readonly functionsDirectory?: string;
  /** @default those of `infra/schedules.ts` */
  readonly schedules?: Schedules;
  /** @default that of `infra/access.ts` */
  readonly access?: (belfry: Belfry) => void | Promise<void>;
}

/** An assembly on disk. */
export interface Synthesized {
  readonly outdir: string;
  /** What the user should know and need not mend. */
  readonly notes: readonly string[];
  /** What the user should mend, or acknowledge with a reason. */
  readonly warnings: readonly string[];
}

/**
 * Synthesizes the app: one stack with the jobs of `functions/`, and one more for each folder in it.
 *
 * Needs no CDK CLI, no credentials and no network, and its template does not depend on whether the CLI called it.
 *
 * @throws InvalidAppError with everything that is wrong with jobs and schedules
 */
export async function synthesize(options: SynthesizeOptions = {}): Promise<Synthesized> {
  const context = readContext(options.context);
  const deployment = { app: context.app ?? 'belfry', stage: context.stage ?? DEFAULT_STAGE };
  checkDeployment(deployment);

  const app = createApp(context, options.outdir);
  const jobs = await loadJobs(options.functionsDirectory ?? join(PROJECT, 'functions'));
  const schedules = options.schedules ?? (await loadSchedules());
  const { prefix } = stageNames(deployment);
  const { account, region } = context;
  const createStack = (name: string, description: string): Stack =>
    new Stack(app, name, {
      description,
      terminationProtection: deployment.stage === PRODUCTION,
      ...(account === undefined || region === undefined ? {} : { env: { account, region } }),
    });
  const belfry = new Belfry(createStack(prefix, `Scheduled jobs of ${prefix}`), 'Belfry', {
    ...deployment,
    jobs,
    schedules,
    alertEmail: context.alertEmail,
    isEmulated: readFlag(context, 'emulator', false),
    watchdogGrace: context.watchdogGrace,
    placeGroup: (group) => createStack(`${prefix}-${group}`, `Scheduled jobs of ${prefix}, ${group}`),
  });
  const access = options.access ?? (await loadAccess());
  await access(belfry);
  return { outdir: app.synth().directory, notes: belfry.notes, warnings: belfry.warnings };
}

/** What the compiler would say, for those who have not asked it. */
async function loadSchedules(): Promise<Schedules> {
  const { schedules } = (await import('./schedules.ts')) as { readonly schedules?: Schedules };
  if (typeof schedules === 'object' && schedules !== null) return schedules;
  throw new InvalidAppError([
    'infra/schedules.ts: it exports no schedules; write export const schedules: Schedules = { … }',
  ]);
}

async function loadAccess(): Promise<(belfry: Belfry) => void | Promise<void>> {
  const { default: access } = (await import('./access.ts')) as { readonly default?: unknown };
  if (typeof access === 'function') return access as (belfry: Belfry) => void | Promise<void>;
  throw new InvalidAppError([
    'infra/access.ts: it has no default export that is a function; write export default (belfry: Belfry): void => { … }',
  ]);
}

type CompleteContext = Context & Readonly<Record<string, unknown>>;

/** What cdk.json says is read here too, so that without the CLI, which would hand it over, the template is the same. */
function readContext(given: CompleteContext | undefined): CompleteContext {
  const { context } = JSON.parse(readFileSync(join(PROJECT, 'cdk.json'), 'utf8')) as { context: CompleteContext };
  const fromCli = JSON.parse(process.env.CDK_CONTEXT_JSON ?? '{}') as CompleteContext;
  return { ...context, ...fromCli, ...given };
}

/** A switch of the context; `-c` on the command line makes a text of it. */
function readFlag(context: CompleteContext, name: 'emulator' | 'validate', absent: boolean): boolean {
  const value = String(context[name] ?? absent);
  if (value === 'true' || value === 'false') return value === 'true';
  throw new InvalidAppError([`context "${name}" is ${JSON.stringify(context[name])}; allowed are true and false`]);
}

function createApp(context: CompleteContext, outdir = process.env.CDK_OUTDIR ?? join(PROJECT, 'cdk.out')): App {
  return new App({
    outdir,
    postCliContext: context,
    ...(readFlag(context, 'validate', true) ? {} : { builtinCloudFormationValidation: false }),
    // `synth` is called when access.ts has had its say.
    autoSynth: false,
    analyticsReporting: false,
    stackTraces: false,
    treeMetadata: false,
  });
}
