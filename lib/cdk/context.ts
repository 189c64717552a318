import type { Construct } from 'constructs';
import { InvalidAppError, quoteValue } from '../app/check-report.ts';
import { STAGES_FILE } from '../app/check-stages.ts';
import type { Duration } from '../job/duration.ts';
import type { Deployment } from '../job/names.ts';
import type { StageSettings } from '../job/stages.ts';
import { nearest } from '../nearest.ts';

/** All may be left out, also by `undefined`. */
type Possibly<Options> = { readonly [Key in keyof Options]?: Options[Key] | undefined };

/** What may be said of a deployment as a property or, right below an app, in its context. */
export interface DeploymentOptions extends Possibly<Deployment> {
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
}

/** What is read of the context: `-c stage=prod` on the command line, or `context` in cdk.json. */
const KEYS = ['app', 'stage', 'emulator', 'watchdogGrace'] as const;

/** What was read of it once, and where it is given now. */
const MOVED: Readonly<Record<string, string>> = {
  alertEmail: "alerts: { email: ['oncall@example.com'] }",
  account: "account: '123456789012'",
  region: "region: 'eu-north-1'",
};

export interface Context {
  readonly options: DeploymentOptions;
  /** Keys that are not read. */
  readonly others: readonly string[];
}

/**
 * Reads the context, as it is where the deployment stands: a CDK Stage may have set its own.
 *
 * @throws InvalidAppError for a switch that is neither true nor false, and for a text under a key that is one letter away
 * from one of Belfry's that is not given: `-c stge=prod` would deploy another stage
 */
export function readContext(scope: Construct): Context {
  const get = (key: string): unknown => scope.node.tryGetContext(key);
  const all = scope.node.root.node.getAllContext() as Readonly<Record<string, unknown>>;
  const keys = Object.keys(all).filter((key) => !FOREIGN.test(key) && !KEYS.some((known) => known === key));
  const absent = KEYS.filter((key) => get(key) === undefined);
  const problems = keys.filter((key) => typeof all[key] === 'string').flatMap((key) => describeTypo(key, absent));
  if (problems.length > 0) throw new InvalidAppError(problems);
  const read = (key: (typeof KEYS)[number]): string | undefined =>
    get(key) === undefined ? undefined : String(get(key));
  return {
    options: {
      app: read('app'),
      stage: read('stage'),
      isEmulated: readSwitch('emulator', get('emulator')),
      watchdogGrace: read('watchdogGrace') as Duration | undefined,
    },
    others: keys,
  };
}

/** CDK's own keys have one of these. */
const FOREIGN = /[:@/]/;

function describeTypo(key: string, absent: readonly string[]): readonly string[] {
  const near = nearest(key, absent, { max: key.length > 6 ? 2 : 1 });
  if (near === undefined) return [];
  return [
    `context "${key}" is not read; did you mean "${near}"? If it is a key of your own, give "${near}" as well, or rename yours`,
  ];
}

/** What an earlier version read of the context and the stage does not say. */
export const describeMoved = (keys: readonly string[], stage: StageSettings): readonly string[] =>
  keys.flatMap((key) => {
    const moved = Object.keys(MOVED).find((each) => each.toLowerCase() === key.toLowerCase());
    if (moved === undefined || Object.hasOwn(stage, moved)) return [];
    return [`context "${key}" is not read; write ${MOVED[moved]} in a stage of ${STAGES_FILE}`];
  });

/** `-c env=prod` deploys the default stage: that another key names a stage of the app may be meant, and may be the user's own. */
export function describeStageKeys(
  scope: Construct,
  { others }: Pick<Context, 'others'>,
  { stage, stages }: { readonly stage: string; readonly stages: readonly string[] },
): readonly string[] {
  return others.flatMap((key) => {
    const value: unknown = scope.node.tryGetContext(key);
    if (typeof value !== 'string' || value === stage || !stages.includes(value)) return [];
    return [
      `context "${key}" is "${value}", a stage of ${STAGES_FILE}, and is not read: this is stage "${stage}"; give -c stage=${value} if that one is meant`,
    ];
  });
}

/** Where `-c stage=prod` has no effect, since a property of `Belfry` says otherwise: another stage would be deployed than was asked for. */
export function describeOverridden(scope: Construct, { stage }: Deployment): readonly string[] {
  const given: unknown = scope.node.tryGetContext('stage');
  if (given === undefined || String(given) === stage) return [];
  return [
    `context "stage" is ${quoteValue(given)} and has no effect here: new Belfry is given stage: '${stage}'; to have it follow the context, pass it on as a property, or rename your own key`,
  ];
}

/** A switch, off by default; `-c` on the command line makes a text of it. */
function readSwitch(key: string, given: unknown = false): boolean {
  const value = String(given);
  if (value === 'true' || value === 'false') return value === 'true';
  throw new InvalidAppError([`context "${key}" is ${quoteValue(given)}; allowed are true and false`]);
}
