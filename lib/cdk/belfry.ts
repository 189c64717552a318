import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { createCalendarReader } from '../app/calendars/read-calendar-file.ts';
import { type CheckedApp, checkApp } from '../app/check-app.ts';
import type { JobFile } from '../app/check-jobs.ts';
import { InvalidAppError } from '../app/check-report.ts';
import { projectDirectoryOf } from '../app/load-jobs.ts';
import { zoneDataNotes } from '../app/zone-data.ts';
import { isJob, type Job } from '../job/job.ts';
import { ALERTS_FUNCTION } from '../job/names.ts';
import type { Schedules } from '../job/schedule.ts';
import { channelsOf, type Stages } from '../job/stages.ts';
import type { AlertsOptions } from '../lambda/alerts.ts';
import type { ManifestStack } from '../manifest.ts';
import { epochMs } from '../units.ts';
import { AlertsFunction, describeAlerts } from './alerts-function.ts';
import { guardAppProcess, noteProgress, printFindings } from './app-process.ts';
import { BelfryJobs } from './belfry-jobs.ts';
import { bundle } from './bundle/bundle.ts';
import { assetDirectoryOf, BundledCode } from './bundle/bundled-code.ts';
import type { NextDeployment } from './check-change.ts';
import { checkExports } from './check-exports.ts';
import type { DeploymentOptions } from './context.ts';
import { createManifest } from './create-manifest.ts';
import { createDashboard } from './dashboard/dashboard.ts';
import { type Check, refuseTwin } from './deployments.ts';
import { limitFunction } from './function-limits.ts';
import { JobAccess, type JobDefaults } from './job-access.ts';
import type { JobWorker } from './job-worker.ts';
import { type DeploymentSettings, isLocal, readSettings } from './settings.ts';
import { createSharedResources, type SharedResources, tag } from './shared-resources.ts';
import { limitStacks } from './stack-size.ts';
import { planStacks } from './stacks.ts';
import { synthesizeBeside } from './synthesize-beside.ts';
import { DEFAULT_GRACE, type DeployedWatchdog, describeWatchdog, grantWatchdog } from './watchdog.ts';

/** What app and stage are not given here is read from the context where Belfry stands right below an app. */
export interface BelfryProps extends DeploymentOptions {
  /** From `loadJobs`. */
  readonly jobs: readonly JobFile[];
  /** From `infra/schedules.ts`. */
  readonly schedules: Schedules;
  /** From `infra/stages.ts`: all stages that the app may be deployed as. */
  readonly stages: Stages;
  /** From `infra/access.ts`: what jobs may touch. Called when they are there. @default nothing */
  readonly access?: Access;
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
 * @throws InvalidAppError with everything that is wrong with jobs, schedules, stages and access
 * @example
 * new Belfry(app, 'Belfry', { jobs: await loadJobs(folder), schedules, stages, access });
 * new Belfry(this, 'Jobs', { app: 'shop', stage: 'prod', jobs: await loadJobs(folder), schedules, stages });
 */
export class Belfry extends Construct {
  /** The names of all jobs. */
  readonly jobNames: readonly string[];
  /** What the user should know and need not mend. */
  readonly notes: readonly string[];
  private readonly found: string[] = [];
  private readonly checks: Check[] = [];
  private readonly jobAccess: ReadonlyMap<string, JobAccess>;
  private isAccessPending = false;

  constructor(scope: Construct, id: string, props: BelfryProps) {
    guardAppProcess();
    checkExports(props);
    const { schedules, stages, jobs, access } = props;
    const settings = readSettings(scope, { ...props, projectDirectory: projectDirectoryOf(jobs) });
    const stacks = planStacks(scope, settings);
    super(stacks.main, id);
    refuseTwin(this, settings.deployment);
    const now = epochMs(Date.now());
    const calendarNotes = new Set<string>();
    const readCalendarFile = createCalendarReader({
      projectDirectory: projectDirectoryOf(jobs),
      now,
      note: (note) => calendarNotes.add(note),
    });
    const checked = checkApp({ ...settings, stages, files: jobs, schedules, now, readCalendarFile });
    this.jobNames = checked.jobs.map(({ name }) => name);
    // On this machine Node's clocks fire.
    const zoneNotes = isLocal(scope) ? [] : zoneDataNotes(checked.schedules);
    this.notes = [...settings.notes, ...checked.notes, ...calendarNotes, ...zoneNotes];
    this.found.push(...settings.warnings, ...checked.warnings);

    const { watchdogGrace = DEFAULT_GRACE } = settings;
    const watchdog = describeWatchdog(checked, watchdogGrace, channelsOf(settings.stage.alerts));
    const placeGroup = props.placeGroup ?? stacks.placeGroup ?? (() => this);
    const alerts = describeAlerts(settings.stage.alerts);
    const { workers, stacks: placed } = this.createJobs({ app: checked, settings, watchdog, alerts }, placeGroup);
    const users = workers.filter((worker) => worker.job !== watchdog.job);
    this.jobAccess = new Map(users.map((worker) => [worker.job.name, new JobAccess(worker)]));
    this.checks.push(() =>
      checked.jobs.flatMap(({ name, external }) => this.jobAccess.get(name)?.missingLayer(external) ?? []),
    );
    for (const worker of workers) if (worker.job === watchdog.job) grantWatchdog(worker);
    if (settings.stage.dashboard === true) this.checks.push(createDashboard(this, { ...settings, workers }));
    const { hasOwnStacks } = settings;
    const next = { app: checked, stages: Object.keys(stages), stacks: placed, hasOwnStacks };
    this.checks.unshift(() => (this.isAccessPending ? [ACCESS_IS_PENDING] : []));
    const described = { stacks: describeStacks(next), alerts: settings.listeners };
    synthesizeBeside(this, { next, checks: this.checks }, createManifest(checked, watchdog.job, described));
    this.awaitAccess(access?.(this));
    printFindings(this);
    noteProgress();
  }

  /** What the user should mend, or acknowledge with a reason. */
  get warnings(): readonly string[] {
    return this.found;
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

  private createJobs(deployed: DeployedApp, placeGroup: (group: string) => Construct): CreatedJobs {
    const { app, settings, watchdog, alerts } = deployed;
    const surroundings = createSharedResources(this, settings);
    const placeOf = new Map<string, Construct>([['', this]]);
    for (const { group } of app.jobs) if (!placeOf.has(group)) placeOf.set(group, placeGroup(group));
    const places = new Map<Construct, CheckedApp['jobs'][number][]>([...placeOf.values()].map((place) => [place, []]));
    for (const job of app.jobs) places.get(placeOf.get(job.group) ?? this)?.push(job);
    const isBundled = [...places.keys()].some((place) => Stack.of(place).bundlingRequired);
    const { codeOf, warnings } = isBundled ? bundledCode(this, deployed) : PLACEHOLDER;
    this.found.push(...warnings);
    const current = app.schedules.filter(({ isOver }) => !isOver);
    this.checks.push(...limitStacks({ places, schedules: current, hasOwnStacks: settings.hasOwnStacks }));
    const workers = [...places].flatMap(([place, jobs]) => {
      const created = new BelfryJobs(place, 'Jobs', {
        jobs: [...jobs, ...(place === this ? [watchdog.job] : [])],
        schedules: [...current, watchdog.schedule],
        codeOf,
        surroundings,
      });
      tag(created, settings.deployment);
      return [...created.workers.values()];
    });
    if (alerts !== undefined) this.createAlertsFunction(alerts, codeOf, { shared: surroundings, settings });
    this.checks.push(...workers.map(limitFunction));
    return { workers, stacks: new Map([...placeOf].map(([group, place]) => [group, Stack.of(place)])) };
  }

  private createAlertsFunction(
    options: AlertsOptions,
    codeOf: CodeOf,
    { shared, settings }: { shared: SharedResources; settings: DeploymentSettings },
  ): void {
    const { alerts = {} } = settings.stage;
    const created = new AlertsFunction(this, 'AlertsFunction', {
      ...{ shared, alerts, options },
      code: codeOf(ALERTS_FUNCTION),
    });
    tag(created, settings.deployment);
  }

  private awaitAccess(pending: void | Promise<void>): void {
    // An arrow function may return what it called last, which no compiler has seen where tsx runs the app.
    if (!(pending instanceof Promise)) return;
    this.isAccessPending = true;
    void pending.then(() => {
      this.isAccessPending = false;
    });
  }
}

/** What it would grant later is in no template: the jobs would be deployed without it. */
const ACCESS_IS_PENDING =
  'infra/access.ts: it was still at work when the app was synthesized; make it synchronous, or leave out app.synth(): CDK calls it when the app has come to its end';

interface CreatedJobs {
  readonly workers: readonly JobWorker[];
  readonly stacks: NextDeployment['stacks'];
}

const describeStacks = ({ stacks, hasOwnStacks }: NextDeployment): readonly ManifestStack[] =>
  [...stacks].map(([group, { stackName }]) => ({ group, name: stackName, isOwn: hasOwnStacks }));

interface DeployedApp {
  readonly app: CheckedApp;
  readonly settings: DeploymentSettings;
  readonly watchdog: DeployedWatchdog;
  /** Absent where the stage has no channel. */
  readonly alerts: AlertsOptions | undefined;
}

/** The code of jobs, by name. */
type CodeOf = (job: string) => Code;

interface FunctionCode {
  readonly codeOf: CodeOf;
  readonly warnings: readonly string[];
}

function bundledCode(scope: Construct, { app, settings, watchdog, alerts }: DeployedApp): FunctionCode {
  const { isEmulated = false, stage } = settings;
  const hasDurations = stage.metrics?.durations === true;
  const hasAlerts = channelsOf(stage.alerts).length > 0;
  const places = { projectDirectory: projectDirectoryOf(app.jobs), assetDirectory: assetDirectoryOf(scope) };
  const bundled = { ...app, isEmulated, hasDurations, hasAlerts, watchdog: watchdog.options, alerts };
  const { hashes, warnings } = bundle(bundled, places);
  return { codeOf: (job) => new BundledCode(hashes.get(job) ?? ''), warnings };
}

const PLACEHOLDER: FunctionCode = {
  codeOf: () => Code.fromAsset(join(import.meta.dirname, 'placeholder')),
  warnings: [],
};
