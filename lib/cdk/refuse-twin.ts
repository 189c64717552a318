import { Stack, Token } from 'aws-cdk-lib';
import type { Construct, IConstruct } from 'constructs';
import { InvalidAppError } from '../app/check-report.ts';
import { type Deployment, stagePrefix } from '../job/names.ts';

/** Where each deployment stands. */
const deployments = new WeakMap<IConstruct, Deployment>();

/** The deployments below a construct, the first one first. */
export const deploymentsIn = (scope: IConstruct | undefined): readonly IConstruct[] =>
  scope?.node.findAll().filter((each) => deployments.has(each)) ?? [];

/**
 * Notes a deployment.
 *
 * @throws InvalidAppError when the app has one of the same app and stage already that may go to the same account and
 * region: all their names are equal
 */
export function refuseTwin(belfry: Construct, deployment: Deployment): void {
  const prefix = stagePrefix(deployment);
  const twin = deploymentsIn(belfry.node.root).find((each) => {
    const other = deployments.get(each);
    return other !== undefined && stagePrefix(other) === prefix && mayMeet(Stack.of(each), Stack.of(belfry));
  });
  if (twin !== undefined) {
    throw new InvalidAppError([
      `new Belfry at ${belfry.node.path}: there is one with app "${deployment.app}" and stage "${deployment.stage}" already, at ${twin.node.path}, and all their names would be equal; give one of them another app or stage, or both stacks an env of different account or region`,
    ]);
  }
  deployments.set(belfry, deployment);
}

/** Whether two stacks may be deployed to one account and region: what one leaves open is decided at deployment. */
const mayMeet = (one: Stack, other: Stack): boolean =>
  (['account', 'region'] as const).every(
    (part) => one[part] === other[part] || Token.isUnresolved(one[part]) || Token.isUnresolved(other[part]),
  );
