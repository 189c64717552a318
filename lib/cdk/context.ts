import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { checkDeployment } from '../app/check-app.ts';
import { InvalidAppError } from '../app/check-report.ts';
import type { Duration } from '../job/duration.ts';
import { DEFAULT_APP, DEFAULT_STAGE, type Deployment } from '../job/names.ts';

/** What may be said of a deployment as a property or, below an app, in its context. */
export interface DeploymentOptions extends Partial<Deployment> {
  readonly alertEmail?: string | undefined;
  readonly isEmulated?: boolean | undefined;
  readonly watchdogGrace?: Duration | undefined;
}

export interface DeploymentSettings extends Omit<DeploymentOptions, keyof Deployment> {
  readonly deployment: Deployment;
  /** Whether Belfry makes the stacks that its resources go to. */
  readonly hasOwnStacks: boolean;
  /** The account to look VPCs and the like up in. @default whichever the deployment is made with */
  readonly env?: { readonly account: string; readonly region: string };
}

/**
 * The properties of a deployment. Right below an app, what they leave open is read from the context: `-c stage=prod` on the
 * command line, or `context` in cdk.json. In a stack of the user's the context is the user's own.
 *
 * @throws InvalidAppError for names that cannot be part of every resource's name, or are missing in a stack of the user's,
 * and for a switch that is neither true nor false
 */
export function readSettings(scope: Construct, props: DeploymentOptions): DeploymentSettings {
  const hasOwnStacks = !scope.node.scopes.some((each) => Stack.isStack(each));
  if (!hasOwnStacks) checkNamed(props);
  const context = hasOwnStacks ? readContext(scope) : {};
  const { app = DEFAULT_APP, stage = DEFAULT_STAGE, ...others } = { ...context, ...definedIn(props) };
  checkDeployment({ app, stage });
  return { ...others, deployment: { app, stage }, hasOwnStacks };
}

/** Without a name of its own a second deployment would take the first one's, and one of production would pass for `dev`. */
function checkNamed(props: DeploymentOptions): void {
  const missing = (['app', 'stage'] as const).filter((name) => props[name] === undefined);
  if (missing.length === 0) return;
  throw new InvalidAppError([
    `new Belfry in a stack of your own: ${missing.join(' and ')} missing; give both, as in { app: 'shop', stage: 'prod', jobs, schedules }: the context is read only where Belfry stands right below an app`,
  ]);
}

function readContext(scope: Construct): DeploymentOptions & Pick<DeploymentSettings, 'env'> {
  const read = (key: string): string | undefined => scope.node.tryGetContext(key) as string | undefined;
  const [account, region] = [read('account'), read('region')];
  return definedIn({
    app: read('app'),
    stage: read('stage'),
    alertEmail: read('alertEmail'),
    isEmulated: readSwitch(scope, 'emulator'),
    watchdogGrace: read('watchdogGrace') as Duration | undefined,
    env: account === undefined || region === undefined ? undefined : { account, region },
  });
}

/** A switch, off by default; `-c` on the command line makes a text of it. */
function readSwitch(scope: Construct, key: string): boolean {
  const given: unknown = scope.node.tryGetContext(key) ?? false;
  const value = String(given);
  if (value === 'true' || value === 'false') return value === 'true';
  throw new InvalidAppError([`context "${key}" is ${JSON.stringify(given)}; allowed are true and false`]);
}

type Defined<Options> = { [Key in keyof Options]?: Exclude<Options[Key], undefined> };

const definedIn = <Options extends object>(options: Options): Defined<Options> =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Defined<Options>;
