import { join } from 'node:path';
import { emulatorVariables } from './emulator-variables.ts';
import { refuseTakenNames } from './names/name-guard.ts';
import { plannedStacks } from './names/planned-stacks.ts';
import type { DeploymentTerms, PlannedStack } from './names/taken-names.ts';
import type { SuiteProject } from './suite-project.ts';
import type { Target } from './target.ts';

/** An app and where it goes. */
export interface CdkRun {
  readonly project: SuiteProject;
  readonly target: Target;
}

/** Where cdk.json of the checkout has the synthesized app. */
export const assemblyOf = ({ project }: CdkRun): string => join(project.directory, 'cdk.out');

export interface DeployTerms extends DeploymentTerms {
  /** Called when a stack's names are free, before it is deployed. */
  readonly onDeploy?: (stack: PlannedStack) => void;
}

/**
 * Synthesizes the app and deploys its stacks, one by one, each after a look whether its names are free.
 *
 * @throws NameTakenError before anything of a stack is made
 * @throws Error with the end of what the CDK CLI printed
 */
export async function deployStacks(run: CdkRun, terms: DeployTerms = {}): Promise<void> {
  await runCdk(run, ['synth', '--quiet']);
  const importing = terms.importsExisting ? ['--import-existing-resources'] : [];
  for (const stack of await plannedStacks(assemblyOf(run))) {
    await refuseTakenNames(run.target, stack, terms);
    terms.onDeploy?.(stack);
    const only = ['--app', 'cdk.out', '--exclusively', stack.name];
    await runCdk(run, ['deploy', '--require-approval', 'never', ...importing, ...only]);
  }
}

/** @throws Error with the end of what the CDK CLI printed */
export async function runCdk({ project, target }: CdkRun, args: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await project.cdk([...args, ...contextOf(target)], environmentOf(target));
  if (code !== 0) throw new Error(`cdk ${args.join(' ')} ended with ${code}:\n${`${stderr}${stdout}`.slice(-4000)}`);
}

const contextOf = ({ stage, endpoint }: Target): readonly string[] => [
  ...['-c', `stage=${stage}`],
  ...(endpoint === undefined ? [] : ['-c', 'emulator=true']),
];

/** What the CDK CLI needs to find the target: on AWS, what the shell says, but for the region, which it reads its own way. */
const environmentOf = ({ endpoint, region }: Target): Readonly<Record<string, string>> =>
  endpoint === undefined
    ? { ...shellSettings(), AWS_REGION: region, AWS_DEFAULT_REGION: region }
    : emulatorVariables(endpoint, region);

/** The shell's settings of AWS, and the home folder in which the rest of them stands. */
function shellSettings(): Readonly<Record<string, string>> {
  const settings = Object.entries(process.env).filter(([name]) => name === 'HOME' || name.startsWith('AWS_'));
  return Object.fromEntries(settings.map(([name, value]) => [name, value ?? '']));
}
