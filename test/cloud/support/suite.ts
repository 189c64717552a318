import { UPDATE } from '../limits.ts';
import { type CdkRun, deployStacks, runCdk } from './cdk.ts';
import type { Phase } from './check-names.ts';
import { deleteLateLogGroups } from './late-log-groups.ts';
import type { Report } from './report.ts';
import { runChecks } from './run-checks.ts';
import { deleteCheckQueues, deleteStack } from './stack.ts';
import type { Target } from './target.ts';

/** What all modes share: what to check, where to tell of it, and when to stop. */
export interface SuiteOptions {
  readonly report: Report;
  /** Part of the names of the checks to make. @default all */
  readonly only?: string | undefined;
  /** Aborts at Ctrl-C: no further check is begun, and what was deployed is torn down. */
  readonly signal: AbortSignal;
}

/** Says what runs, and waits for Ctrl-C. */
export async function untilInterrupted(what: string, { report, signal }: SuiteOptions): Promise<void> {
  report.say(`${what}; Ctrl-C ends it`);
  await new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve());
    if (signal.aborted) resolve();
  });
}

/** Makes the checks of a phase, unless the suite was interrupted. */
export async function checkPhase(target: Target, phase: Phase, { report, only, signal }: SuiteOptions): Promise<void> {
  if (signal.aborted) return;
  await runChecks({ target, phase, only, signal, onResult: report.add });
}

/** A deployment of the suite's app, by the CDK CLI. */
export interface Deployment extends CdkRun {
  /** Whether `cdk bootstrap` comes first; on AWS that is the account's owner's to do. */
  readonly bootstraps: boolean;
  /** Whether the stack is left where it is. */
  readonly keeps: boolean;
}

/**
 * Deploys the suite's app, checks it, updates it, checks that, tears it down and checks that nothing is left. What was
 * deployed is torn down whatever happens in between.
 */
export async function checkDeployment(deployment: Deployment, suite: SuiteOptions): Promise<void> {
  const { target, keeps, project } = deployment;
  const { report } = suite;
  let isDeployed = false;
  if (suite.signal.aborted) return;
  try {
    isDeployed = await report.step({ name: 'the app deploys with the CDK CLI' }, () => deploy(deployment));
    if (!isDeployed) return;
    await checkPhase(target, 'checks', suite);
    if (suite.signal.aborted) return;
    await project.update();
    const step = { name: UPDATE, limit: target.limits[UPDATE] };
    const isUpdated = await report.step(step, () => deployStacks(deployment));
    if (isUpdated) await checkPhase(target, 'checks-after-update', suite);
  } finally {
    if (keeps) report.say(`left where it is: ${target.app}-${target.stage}`);
    else await tearDown(deployment, suite, isDeployed);
  }
}

/**
 * Removes the stack, as a user does, and if that fails, by its name; and what checks have left beside it.
 *
 * @param wasDeployed whether there is something whose end can be checked
 */
async function tearDown(deployment: Deployment, { report }: SuiteOptions, wasDeployed: boolean): Promise<void> {
  const { target } = deployment;
  await deleteCheckQueues(target).catch((error) => report.say(`queues of checks may be left: ${String(error)}`));
  const since = Date.now();
  const destroy = async () => {
    await runCdk(deployment, ['destroy', '--force']);
    await deleteLateLogGroups(target, `${target.app}-${target.stage}`, since);
  };
  if (await report.step({ name: 'the stack can be deleted' }, destroy)) {
    if (wasDeployed) await runChecks({ target, phase: 'checks-after-teardown', onResult: report.add });
  } else await removeByName(target, report);
}

/** Removes the stack without anything of the app. @returns whether it is gone */
export async function removeByName(target: Target, report: Report): Promise<boolean> {
  const isGone = await report.step({ name: 'the stack is deleted by its name' }, () => deleteStack(target));
  if (!isGone) report.say(`\nLEFT BEHIND: the stack ${target.app}-${target.stage} of ${target.title}`);
  return isGone;
}

async function deploy(deployment: Deployment): Promise<void> {
  if (deployment.bootstraps) await runCdk(deployment, ['bootstrap']);
  await deployStacks(deployment);
}
