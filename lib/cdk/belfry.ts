import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { attachCustomSynthesis, Stack, Stage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { createCalendarReader } from '../app/calendars/read-calendar-file.ts';
import { type CheckedApp, checkApp } from '../app/check-app.ts';
import type { DeployableJob, JobFile } from '../app/check-jobs.ts';
import { InvalidAppError } from '../app/check-report.ts';
import { projectDirectoryOf } from '../app/load-jobs.ts';
import type { Duration } from '../job/duration.ts';
import { isJob, type Job } from '../job/job.ts';
import { stageNames } from '../job/names.ts';
import type { Schedules } from '../job/schedule.ts';
import { MANIFEST_FILE } from '../manifest.ts';
import { epochMs } from '../units.ts';
import { guardAppProcess, noteSynthesis, printFindings } from './app-process.ts';
import { BelfryJobs } from './belfry-jobs.ts';
import { bundle } from './bundle/bundle.ts';
import { assetDirectoryOf, BundledCode } from './bundle/bundled-code.ts';
import { checkExports } from './check-exports.ts';
import { type DeploymentOptions, readSettings } from './context.ts';
import { createManifest } from './create-manifest.ts';
import { JobAccess, type JobDefaults } from './job-access.ts';
import type { JobWorker } from './job-worker.ts';
import { createSharedResources, tag } from './shared-resources.ts';
import { limitResources } from './stack-size.ts';
import { planStacks } from './stacks.ts';
import type { Surroundings } from './surroundings.ts';
import { DEFAULT_GRACE, type DeployedWatchdog, describeWatchdog, grantWatchdog } from './watchdog.ts';

/** What app and stage are not given here is read from the context where Belfry stands right below an app. */
export interface BelfryProps extends DeploymentOptions {
  /** From `loadJobs`. */
  readonly jobs: readonly JobFile[];
  /** From `infra/schedules.ts`. */
  readonly schedules: Schedules;
  /** From `infra/access.ts`: what jobs may touch. Called when they are there. @default nothing */
  readonly access?: Access;
  /** Who receives alerts and alarms from the start; others may subscribe to the topic. @default no one */
  readonly alertEmail?: string | undefined;
  /**
   * Whether it is deployed to an emulator of AWS, which may leave `<aws.scheduler.scheduled-time>` in the messages
   * that its schedules send: then the minute in which a message was sent is taken for it.
   *
   * @default false
   */
  readonly isEmulated?: boolean | undefined;
  /**
   * How long after a due time the watchdog expects a record of it, `'1 minute'` to `'1 hour'`: as long as messages may
   * wait in a queue before a function takes them.
   *
   * @default DEFAULT_GRACE
   */
  readonly watchdogGrace?: Duration | undefined;
  /**
   * Where the jobs of a folder of `functions/` go.
   *
   * @default right below an app a stack of their own, in a stack beside all else
   */
  readonly placeGroup?: (group: string) => Construct;
}

/** What `infra/access.ts` exports by default. One that is asynchronous must be done when the app is synthesized. */
export type Access = (belfry: Belfry) => void | Promise<void>;

/**
 * One deployment of Belfry: its jobs, and what they share. Right below an app it makes its own stacks, `<app>-<stage>` and
 * one for each group; inside a stack it is part of that stack, beside other resources. An app may have several, as long as no
 * two have app and stage in common.
 *
 * @throws InvalidAppError with everything that is wrong with jobs, schedules and access
 * @example
 * new Belfry(app, 'Belfry', { jobs: await loadJobs(folder), schedules, access });
 * new Belfry(this, 'Jobs', { app: 'shop', stage: 'prod', jobs: await loadJobs(folder), schedules });
 */
export class Belfry extends Construct {
  /** The names of all jobs. */
  readonly jobNames: readonly string[];
  /** What the user should know and need not mend. */
  readonly notes: readonly string[];
  /** What the user should mend, or acknowledge with a reason. */
  readonly warnings: readonly string[];
  private readonly jobAccess: ReadonlyMap<string, JobAccess>;
  private isAccessPending = false;

  constructor(scope: Construct, id: string, props: BelfryProps) {
    guardAppProcess();
    const settings = readSettings(scope, props);
    checkExports(props);
    const { schedules, jobs, access } = props;
    const stacks = planStacks(scope, settings);
    super(stacks.main, id);
    const now = epochMs(Date.now());
    const calendarNotes = new Set<string>();
    const readCalendarFile = createCalendarReader({
      projectDirectory: projectDirectoryOf(jobs),
      now,
      note: (note) => calendarNotes.add(note),
    });
    const checked = checkApp({ deployment: settings.deployment, files: jobs, schedules, now, readCalendarFile });
    this.jobNames = checked.jobs.map(({ name }) => name);
    this.notes = [...checked.notes, ...calendarNotes];
    this.warnings = checked.warnings;

    const { isEmulated = false, watchdogGrace = DEFAULT_GRACE, alertEmail } = settings;
    const surroundings = createSharedResources(this, checked.deployment, alertEmail);
    const watchdog = describeWatchdog(checked, watchdogGrace);
    const placeGroup = props.placeGroup ?? stacks.placeGroup ?? (() => this);
    const workers = this.createJobs({ ...checked, isEmulated, watchdog }, surroundings, placeGroup);
    const users = workers.filter((worker) => worker.job !== watchdog.job);
    this.jobAccess = new Map(users.map((worker) => [worker.job.name, new JobAccess(worker, this.jobNames)]));
    for (const worker of workers) if (worker.job === watchdog.job) grantWatchdog(worker);
    this.writeManifest(checked, watchdog.job);
    this.awaitAccess(access?.(this));
    printFindings(this);
  }

  /** What a job may touch. @throws InvalidAppError for a job that is not in `functions/` */
  job(job: Job): JobAccess {
    const name = isJob(job) ? job.name : String(job);
    const access = this.jobAccess.get(name);
    if (access !== undefined) return access;
    const known = this.jobNames.join(', ') || 'none';
    throw new InvalidAppError([`infra/access.ts: job "${name}" is in no file of functions/; there are: ${known}`]);
  }

  /** Gives all jobs what they have not been given themselves. */
  defaults(defaults: JobDefaults): this {
    for (const access of this.jobAccess.values()) access.applyDefaults(defaults);
    return this;
  }

  private createJobs(
    checked: DeployedApp,
    surroundings: Surroundings,
    place: (group: string) => Construct,
  ): JobWorker[] {
    const { jobs, schedules, deployment, watchdog } = checked;
    const groups = [...new Set(['', ...jobs.map(({ group }) => group)])];
    const scopes = groups.map((group) => ({ group, scope: group === '' ? this : place(group) }));
    const isBundled = scopes.some(({ scope }) => Stack.of(scope).bundlingRequired);
    const codeOf = isBundled ? bundledCode(this, checked) : placeholderCode;
    return scopes.flatMap(({ group, scope }) => {
      const created = new BelfryJobs(scope, group === '' || scope !== this ? 'Jobs' : `Jobs-${group}`, {
        jobs: [...jobs.filter((job) => job.group === group), ...(group === '' ? [watchdog.job] : [])],
        schedules: [...schedules.filter(({ isOver }) => !isOver), watchdog.schedule],
        codeOf,
        surroundings,
      });
      tag(created, deployment);
      limitResources(Stack.of(scope));
      return [...created.workers.values()];
    });
  }

  private awaitAccess(pending: void | Promise<void>): void {
    // An arrow function may return what it called last, which no compiler has seen where tsx runs the app.
    if (!(pending instanceof Promise)) return;
    this.isAccessPending = true;
    void pending.then(() => {
      this.isAccessPending = false;
    });
  }

  /**
   * Leaves the manifest beside the templates. An assembly has one `belfry.json`, its first deployment's;
   * each further one writes `<app>-<stage>.belfry.json`.
   */
  private writeManifest(checked: CheckedApp, watchdog: DeployableJob): void {
    const { prefix } = stageNames(checked.deployment);
    const text = JSON.stringify(createManifest(checked, watchdog), undefined, 2);
    attachCustomSynthesis(this, {
      onSynthesize: ({ outdir }) => {
        if (this.isAccessPending) throw new InvalidAppError([ACCESS_IS_PENDING]);
        const first = Stage.of(this)
          ?.node.findAll()
          .find((construct) => construct instanceof Belfry);
        writeFileSync(join(outdir, first === this ? MANIFEST_FILE : `${prefix}.${MANIFEST_FILE}`), text);
        noteSynthesis();
      },
    });
  }
}

/** What it would grant later is in no template: the jobs would be deployed without it. */
const ACCESS_IS_PENDING =
  'infra/access.ts: it was still at work when the app was synthesized; make it synchronous, or leave out app.synth(): CDK calls it when the app has come to its end';

interface DeployedApp extends CheckedApp {
  readonly isEmulated: boolean;
  readonly watchdog: DeployedWatchdog;
}

/** The code of jobs, by name. */
type CodeOf = (job: string) => Code;

function bundledCode(scope: Construct, checked: DeployedApp): CodeOf {
  const places = { projectDirectory: projectDirectoryOf(checked.jobs), assetDirectory: assetDirectoryOf(scope) };
  const hashes = bundle({ ...checked, watchdog: checked.watchdog.options }, places);
  return (job) => new BundledCode(hashes.get(job) ?? '');
}

const placeholderCode: CodeOf = () => Code.fromAsset(join(import.meta.dirname, 'placeholder'));
