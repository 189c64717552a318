import type { Target } from '../target.ts';
import { readAccount } from './read-account.ts';
import { type DeploymentTerms, type PlannedStack, takenNames } from './taken-names.ts';

/** A deployment that CloudFormation would refuse, or that would replace another's, by a name that is taken. */
export class NameTakenError extends Error {
  override readonly name = 'NameTakenError';
  readonly problems: readonly string[];

  constructor(stack: string, problems: readonly string[]) {
    super(
      `stack "${stack}" is not deployed, since names are taken:\n${problems.map((each) => `  ${each}`).join('\n')}`,
    );
    this.problems = problems;
  }
}

/**
 * Looks before a deployment whether the names of a stack are free, since emulators do not: MiniStack overwrites what exists
 * and reports success, where AWS fails with "already exists".
 *
 * @throws NameTakenError with every name that is taken, and by what
 */
export async function refuseTakenNames(target: Target, plan: PlannedStack, terms: DeploymentTerms = {}): Promise<void> {
  const types = new Set(plan.resources.map(({ type }) => type));
  const problems = takenNames(plan, await readAccount(target, types), terms);
  if (problems.length > 0) throw new NameTakenError(plan.name, problems);
}
