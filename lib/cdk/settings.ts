import { type Environment, Stack, Token } from 'aws-cdk-lib';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import type { Construct } from 'constructs';
import { packageAppName } from '../app/app-name.ts';
import { checkDeployment } from '../app/check-deployment.ts';
import { InvalidAppError } from '../app/check-report.ts';
import { checkStages, keyRegion, STAGES_FILE } from '../app/check-stages.ts';
import { ALERTS_FUNCTION, DEFAULT_STAGE, type Deployment, UNNAMED_APP } from '../job/names.ts';
import { type ChannelName, channelsOf, type StageSettings, type Stages } from '../job/stages.ts';
import { LOCAL_CHANNELS_CONTEXT, LOCAL_CONTEXT, type ManifestAlerts } from '../manifest.ts';
import { nearest } from '../nearest.ts';
import {
  type DeploymentOptions,
  describeMoved,
  describeOverridden,
  describeStageKeys,
  readContext,
} from './context.ts';
import { localAlerts } from './local-alerts.ts';

export interface SettingsSource extends DeploymentOptions {
  readonly stages: Stages;
  /** The folder that `functions/` is in. */
  readonly projectDirectory: string;
}

/** All that is decided of a deployment before any of it is created. */
export interface DeploymentSettings extends Omit<DeploymentOptions, keyof Deployment> {
  readonly deployment: Deployment;
  readonly stage: StageSettings;
  /** Who is to receive alerts, of the stage as deployed and as it is here. */
  readonly listeners: ManifestAlerts;
  /** Whether Belfry makes the stacks that its resources go to. */
  readonly hasOwnStacks: boolean;
  /** Where its stacks may be deployed. */
  readonly env: Environment;
  readonly warnings: readonly string[];
  /** What the user should know and need not mend. */
  readonly notes: readonly string[];
}

/**
 * Decides which deployment it is. Right below an app, what properties leave open is read from the context. In a stack of
 * the user's the context is the user's own.
 *
 * @throws InvalidAppError for names that cannot be part of every resource's name, for a stage that is not listed, for
 * settings of stages that are not allowed, and in a stack of the user's for a missing stage
 */
export function readSettings(
  scope: Construct,
  { projectDirectory, stages, ...props }: SettingsSource,
): DeploymentSettings {
  const surrounding = scope.node.scopes.find((each) => Stack.isStack(each));
  if (surrounding !== undefined && props.stage === undefined) throw new InvalidAppError([STAGE_MISSING]);
  const context = surrounding === undefined ? readContext(scope) : { options: {}, others: [] };
  const {
    app = packageAppName(projectDirectory),
    stage = DEFAULT_STAGE,
    ...others
  } = {
    ...definedIn(context.options),
    ...definedIn(props),
  };
  if (app === undefined) throw new InvalidAppError([APP_MISSING]);
  const deployment = { app, stage };
  checkDeployment(deployment);
  const declared = checkStages(stages, stage);
  const settings = localized(scope, declared);
  if (surrounding !== undefined) checkEnvironment(surrounding, stage, settings);
  const { account, region } = settings;
  return {
    ...others,
    deployment,
    stage: settings,
    listeners: {
      deployed: { email: declared.alerts?.email ?? [], channels: channelsOf(declared.alerts) },
      channels: channelsOf(settings.alerts),
    },
    hasOwnStacks: surrounding === undefined,
    env: definedIn({ account, region }),
    warnings: isLocal(scope)
      ? []
      : [
          ...describeMoved(context.others, settings),
          ...describeOverridden(scope, deployment),
          ...adviseDeployment(deployment, settings),
        ],
    // The user has named no stage.
    notes:
      isLocal(scope) || props.stage !== undefined || context.options.stage !== undefined
        ? []
        : describeStageKeys(scope, context, { stage, stages: Object.keys(stages) }),
  };
}

/** A stage as it is on this machine: its alerts go to the channels that have their secrets here, and to no other. */
function localized(scope: Construct, settings: StageSettings): StageSettings {
  if (!isLocal(scope)) return settings;
  const { alerts, ...others } = settings;
  const variables: unknown = scope.node.tryGetContext(LOCAL_CHANNELS_CONTEXT);
  const local = localAlerts(Array.isArray(variables) ? variables.map(String) : [], alerts);
  return { ...others, ...(Object.keys(local).length > 0 ? { alerts: local } : {}) };
}

export const isLocal = (scope: Construct): boolean => scope.node.tryGetContext(LOCAL_CONTEXT) === true;

const APP_MISSING =
  'the app has no name: set context.app in cdk.json, such as "myshop", or the name in package.json; every resource is named after it';

/** One of production would pass for the default. */
const STAGE_MISSING =
  "new Belfry in a stack of your own: stage missing; give it, as in { app: 'shop', stage: 'prod', stages, jobs, schedules }: the context is read only where Belfry stands right below an app";

/** A stack of the user's has its own account and region. */
function checkEnvironment(stack: Stack, name: string, settings: StageSettings): void {
  const problems = (['account', 'region'] as const).flatMap((field) => {
    const wanted = settings[field];
    const actual = stack[field];
    if (wanted === undefined || wanted === actual) return [];
    const found = Token.isUnresolved(actual) ? 'leaves it open' : `has ${actual}`;
    return [
      `${STAGES_FILE}: stage "${name}": ${field} ${wanted}, and the stack ${stack.stackName} ${found}; give the stack env: { ${field}: '${wanted}' }`,
    ];
  });
  const found = keyRegion(settings.alertKey);
  if (found !== undefined && !Token.isUnresolved(stack.region) && stack.region !== found) {
    problems.push(
      `${STAGES_FILE}: stage "${name}": alertKey is in ${found}, and the stack ${stack.stackName} in ${stack.region}; write the ARN of a key in the stack's region`,
    );
  }
  if (problems.length > 0) throw new InvalidAppError(problems);
}

/** @throws InvalidAppError for a protected stage of an app that has no name of its own yet */
function adviseDeployment({ app, stage }: Deployment, settings: StageSettings): readonly string[] {
  const { isProtected = false, alerts, region } = settings;
  const unnamed = `cdk.json: the app is called "${UNNAMED_APP}", as in every copy of this repository, and a second copy that is deployed to the same account and region would replace this one's stacks; set context.app to a name of your own, such as "myshop", before you deploy`;
  if (app === UNNAMED_APP && isProtected) throw new InvalidAppError([`${unnamed} the protected stage "${stage}"`]);
  const place = `${STAGES_FILE}: stage "${stage}"`;
  return [
    ...(app === UNNAMED_APP ? [unnamed] : []),
    ...(isProtected && channelsOf(alerts).length === 0
      ? [`${place} is protected, and no one receives its alerts; add alerts: { email: ['oncall@example.com'] }`]
      : []),
    ...(isProtected ? [] : adviseEmpty(alerts).map((advice) => `${place}: ${advice}`)),
    ...adviseChannels(channelsOf(alerts)).map((advice) => `${place}: ${advice}`),
    ...(region === undefined ? [] : adviseRegion(region).map((advice) => `${place}: ${advice}`)),
  ];
}

/** A list without an address looks like a channel, and is none. */
function adviseEmpty(alerts: StageSettings['alerts']): readonly string[] {
  if (alerts?.email?.length !== 0 || channelsOf(alerts).length > 0) return [];
  return [
    "alerts.email is an empty list, and no one receives its alerts; add an address, as in ['oncall@example.com'], or leave email out",
  ];
}

/** That the function which reaches a channel is broken, no channel can report but mail, which alarms send themselves. */
function adviseChannels(channels: readonly ChannelName[]): readonly string[] {
  if (channels.length === 0 || channels.includes('email')) return [];
  return [
    `its alerts go to ${channels.join(', ')} only, and should the watchdog or the alerts function fail, no one hears of it: their alarms watchdog-silent, ${ALERTS_FUNCTION}-failed and ${ALERTS_FUNCTION}-dead-letters mail by themselves; add an address, as in alerts: { email: ['oncall@example.com'], … }`,
  ];
}

/** One may be newer than this release of CDK. */
function adviseRegion(region: string): readonly string[] {
  const known = RegionInfo.regions.map(({ name }) => name);
  if (known.includes(region)) return [];
  return [`CDK knows no region ${region}; the nearest is ${nearest(region, known)}`];
}

type Defined<Options> = { [Key in keyof Options]?: Exclude<Options[Key], undefined> };

const definedIn = <Options extends object>(options: Options): Defined<Options> =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Defined<Options>;
