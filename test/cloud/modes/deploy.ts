import { DEFAULT_REGION, EMULATOR_CREDENTIALS } from '../../../lib/cli/shared/connection.ts';
import { LIMITS, type Limits } from '../limits.ts';
import { identify, NEVER_FIRE, REFUSE_METRIC_MATH } from '../support/identify.ts';
import type { LeftOut } from '../support/leave-out.ts';
import { requireSuiteApp } from '../support/require-suite-app.ts';
import { checkDeployment, checkPhase, type SuiteOptions } from '../support/suite.ts';
import { SUITE_APP, SuiteProject } from '../support/suite-project.ts';
import type { Target } from '../support/target.ts';
import { checkAlerts } from './alerts.ts';
import { checkEdits } from './edits.ts';
import { checkSideBySide } from './side-by-side.ts';

export interface LocalOptions {
  readonly stage: string;
  /** Whether checks that are known not to be supported are made all the same. */
  readonly retriesLimits: boolean;
}

export interface DeployOptions extends LocalOptions {
  /** Whether the stack is left where it is. */
  readonly keeps: boolean;
  /** What the emulator's CloudFormation fails on, where more is known of it than its kind. */
  readonly leavesOut?: readonly LeftOut[];
  /** Beside those of its kind. */
  readonly limits?: Limits;
  /** What it is called, where it does not say so with its version. */
  readonly title?: string;
  /** Whether a small app is deployed there beside itself, too. @default false */
  readonly takesNeighbours?: boolean | undefined;
}

/** Deploys the suite's app to an emulator that runs, checks it, and tears it down. */
export async function checkDeploymentAt(endpoint: string, options: DeployOptions, suite: SuiteOptions): Promise<void> {
  const target = await localTarget(endpoint, options);
  const { leavesOut = REFUSE_METRIC_MATH.has(target.kind) ? ['metric-math'] : [] } = options;
  suite.report.introduce(target.title);
  const project = await SuiteProject.create({ stage: target.stage, leavesOut });
  try {
    if (NEVER_FIRE.has(target.kind)) project.tick(target);
    await checkDeployment({ project, target, bootstraps: true, keeps: options.keeps }, suite);
  } finally {
    await project.remove();
  }
  // These are made one after another: none can be made alone.
  if (!options.takesNeighbours || suite.only !== undefined) return;
  await checkSideBySide(target, leavesOut, suite);
  await checkEdits(target, leavesOut, suite);
  await checkAlerts(target, leavesOut, suite);
}

/** Checks the suite's app where it runs already. @throws CommandError when it does not */
export async function checkAttached(endpoint: string, options: LocalOptions, suite: SuiteOptions): Promise<void> {
  const target = await localTarget(endpoint, options);
  await requireSuiteApp(target);
  suite.report.introduce(target.title);
  await checkPhase(target, 'checks', suite);
}

/** Functions in containers, of an image that is downloaded first, take their time. */
const PATIENCE: Partial<Record<Target['kind'], number>> = { localstack: 4 };

type TargetOptions = LocalOptions & Pick<DeployOptions, 'limits' | 'title'>;

/** An emulator as a target, by what it says of itself. @throws CommandError when nobody answers there */
async function localTarget(endpoint: string, options: TargetOptions): Promise<Target> {
  const { stage, retriesLimits, limits, title } = options;
  const { kind, name } = await identify(endpoint);
  return {
    kind,
    title: `${title ?? name} at ${endpoint}, stage ${stage}`,
    endpoint,
    region: DEFAULT_REGION,
    credentials: EMULATOR_CREDENTIALS,
    app: SUITE_APP,
    stage,
    patience: PATIENCE[kind] ?? 2,
    limits: retriesLimits ? {} : { ...LIMITS[kind], ...limits },
  };
}
