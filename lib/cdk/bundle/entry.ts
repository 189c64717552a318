import { join } from 'node:path';
import type { CheckedJob } from '../../app/check-jobs.ts';
import type { CheckedSchedule } from '../../app/checked-schedule.ts';
import type { OverlapPolicy } from '../../job/overlap.ts';
import type { AlertsOptions } from '../../lambda/alerts.ts';
import type { HandlerExtras, HandlerOptions } from '../../lambda/handler.ts';
import type { ScheduleFacts } from '../../lambda/schedule-facts.ts';
import type { FiringWindow } from '../../lambda/spread-record.ts';
import type { WatchdogOptions } from '../../lambda/watchdog.ts';
import { milliseconds } from '../../units.ts';

interface Import {
  readonly name: string;
  readonly module: string;
}

const ofLib = (name: string, module: string): Import => ({ name, module: join(import.meta.dirname, '../..', module) });

const HANDLER = ofLib('createHandler', 'lambda/handler.ts');
const ALERTS_HANDLER = ofLib('createAlertsHandler', 'lambda/alerts.ts');
const WATCHDOG_HANDLER = ofLib('createWatchdogHandler', 'lambda/watchdog.ts');
/** The gate of each overlap policy: a function imports its own and no other. */
const GATES: Readonly<Record<OverlapPolicy, Import>> = {
  skip: ofLib('skip', 'lambda/overlap/skip.ts'),
  allow: ofLib('allow', 'lambda/overlap/allow.ts'),
};

const ALIGN = ofLib('alignScheduledTime', 'lambda/spread-record.ts');

/** Optional features, bundled only for jobs that use them: every byte of a bundle is read when its function starts. */
const EXTRAS = {
  alerts: ofLib('bundleAlerts', 'lambda/bundled-alerts.ts'),
  adapt: ofLib('fillInScheduledTime', 'lambda/emulated-record.ts'),
  asset: ofLib('findDeployedAsset', 'lambda/assets.ts'),
  calendar: ofLib('skipByCalendar', 'lambda/calendar-admission.ts'),
  ping: ofLib('callPingUrl', 'lambda/ping.ts'),
  measure: ofLib('measureDurations', 'observe/duration-metrics.ts'),
} as const satisfies Partial<Record<keyof HandlerExtras, Import>>;

interface JobEntryParts {
  readonly job: Pick<CheckedJob, 'name' | 'path' | 'policy' | 'assets'>;
  /** Of all jobs. */
  readonly schedules: readonly CheckedSchedule[];
  readonly isEmulated: boolean;
  /** Whether the stage asks for metrics of durations. @default false */
  readonly hasDurations?: boolean;
  /** Whether the stage sends alerts to people. @default false */
  readonly hasAlerts?: boolean;
}

/** The module that Lambda loads for a job. Synth has checked all that it says; a running function takes its word for it. */
export function jobEntry({
  job,
  schedules,
  isEmulated,
  hasDurations = false,
  hasAlerts = false,
}: JobEntryParts): string {
  const own = schedules.filter((schedule) => schedule.job === job.name);
  const options: HandlerOptions = {
    policy: job.policy,
    schedules: Object.fromEntries(own.map((schedule) => [schedule.id, factsOf(schedule)])),
  };
  const facts = Object.values(options.schedules);
  const extras = {
    gate: GATES[job.policy.overlap],
    ...adaptation(own, isEmulated),
    ...(hasAlerts ? { alerts: EXTRAS.alerts } : {}),
    ...(job.assets.length > 0 ? { asset: EXTRAS.asset } : {}),
    ...(facts.some(({ calendars }) => calendars !== undefined) ? { calendar: EXTRAS.calendar } : {}),
    ...(facts.some(({ pingUrl }) => pingUrl !== undefined) ? { ping: EXTRAS.ping } : {}),
    ...(hasDurations ? { measure: EXTRAS.measure } : {}),
  };
  const lines = [`import job from ${JSON.stringify(job.path)};`];
  return entry({ lines, handler: HANDLER, values: ['job', JSON.stringify(options)], extras });
}

/** The module that Lambda loads for the watchdog. */
export function watchdogEntry(options: WatchdogOptions, isEmulated: boolean): string {
  const extras = { gate: GATES[options.policy.overlap], ...(isEmulated ? { adapt: EXTRAS.adapt } : {}) };
  return entry({ lines: [], handler: WATCHDOG_HANDLER, values: [JSON.stringify(options)], extras });
}

/** The module that Lambda loads for the alerts function. */
export const alertsEntry = (options: AlertsOptions): string =>
  entry({ lines: [], handler: ALERTS_HANDLER, values: [JSON.stringify(options)] });

function factsOf({ timezone, policy }: CheckedSchedule): ScheduleFacts {
  const { except, only, maxLateness, spread, pingUrl } = policy;
  return {
    timezone,
    lateAfter: milliseconds(maxLateness + spread),
    ...(except.length + only.length > 0 ? { calendars: { except, only } } : {}),
    ...(pingUrl === undefined ? {} : { pingUrl }),
  };
}

/** What is done to each record first. Computing due times is a third of Belfry's own code: only jobs with a `spread` have it. */
function adaptation(own: readonly CheckedSchedule[], isEmulated: boolean): { readonly adapt?: Extra } {
  const filledIn = isEmulated ? [EXTRAS.adapt] : [];
  const [adapt] = filledIn;
  const windows = own
    .filter(({ policy }) => policy.spread > 0)
    .map(({ id, expressions, timezone, policy: { spread } }): [string, FiringWindow] => [
      id,
      { expressions, timezone, spread },
    ]);
  if (windows.length === 0) return adapt === undefined ? {} : { adapt };
  const values = [JSON.stringify(Object.fromEntries(windows)), ...filledIn.map(({ name }) => name)];
  return { adapt: { ...ALIGN, value: `${ALIGN.name}(${values.join(', ')})`, beside: filledIn } };
}

/** An optional feature of a function. */
interface Extra extends Import {
  /** What the handler is given. @default what is imported */
  readonly value?: string;
  /** What that is made with. */
  readonly beside?: readonly Import[];
}

interface EntryParts {
  readonly lines: readonly string[];
  readonly handler: Import;
  readonly values: readonly string[];
  /** @default the handler takes none */
  readonly extras?: { readonly [Name in keyof HandlerExtras]: Extra };
}

function entry({ lines, handler, values, extras }: EntryParts): string {
  const all: readonly Extra[] = Object.values(extras ?? {});
  const named = Object.entries<Extra>(extras ?? {}).map(([key, { name, value = name }]) => `${key}: ${value}`);
  const given = extras === undefined ? values : [...values, `{ ${named.join(', ')} }`];
  return [
    ...lines,
    ...[handler, ...all.flatMap((each) => [each, ...(each.beside ?? [])])].map(
      ({ name, module }) => `import { ${name} } from ${JSON.stringify(module)};`,
    ),
    `export const handler = ${handler.name}(${given.join(', ')});`,
    '',
  ].join('\n');
}
