import type { Construct } from 'constructs';
import { InvalidAppError, quoteValue } from '../app/check-report.ts';
import { STAGES_FILE } from '../app/check-stages.ts';
import type { Duration } from '../job/duration.ts';
import type { Deployment } from '../job/names.ts';
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
  /** Keys that the user may believe to be read. */
  readonly warnings: readonly string[];
}

/**
 * Reads the context.
 *
 * @throws InvalidAppError for a switch that is neither true nor false, and for an unknown key near one of Belfry's that is
 * not given: `-c stge=prod` would deploy another stage
 */
export function readContext(scope: Construct): Context {
  const all = scope.node.root.node.getAllContext() as Readonly<Record<string, unknown>>;
  const problems = describeTypos(all);
  if (problems.length > 0) throw new InvalidAppError(problems);
  const read = (key: (typeof KEYS)[number]): string | undefined =>
    all[key] === undefined ? undefined : String(all[key]);
  return {
    options: {
      app: read('app'),
      stage: read('stage'),
      isEmulated: readSwitch('emulator', all.emulator),
      watchdogGrace: read('watchdogGrace') as Duration | undefined,
    },
    warnings: Object.keys(all).flatMap((key) => {
      const place = MOVED[key];
      return place === undefined ? [] : [`context "${key}" is not read; write ${place} in a stage of ${STAGES_FILE}`];
    }),
  };
}

/** CDK's own keys have one of these. */
const FOREIGN = /[:@/]/;

function describeTypos(all: Readonly<Record<string, unknown>>): readonly string[] {
  const absent = KEYS.filter((key) => all[key] === undefined);
  return Object.keys(all).flatMap((key) => {
    if (FOREIGN.test(key) || key in MOVED || KEYS.some((known) => known === key)) return [];
    const near = nearest(key, [...absent, ...Object.keys(MOVED)], { max: key.length > 4 ? 2 : 1 });
    if (near === undefined) return [];
    const place = MOVED[near];
    return [
      place === undefined
        ? `context "${key}" is not read; did you mean "${near}"? If it is a key of your own, give "${near}" as well, or rename yours`
        : `context "${key}" is not read, and neither is "${near}"; write ${place} in a stage of ${STAGES_FILE}`,
    ];
  });
}

/** A switch, off by default; `-c` on the command line makes a text of it. */
function readSwitch(key: string, given: unknown = false): boolean {
  const value = String(given);
  if (value === 'true' || value === 'false') return value === 'true';
  throw new InvalidAppError([`context "${key}" is ${quoteValue(given)}; allowed are true and false`]);
}
