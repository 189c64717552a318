import { Stack, Stage, Token } from 'aws-cdk-lib';
import type { Construct, IConstruct } from 'constructs';
import { InvalidAppError } from '../app/check-report.ts';
import { type Deployment, stagePrefix } from '../job/names.ts';
import type { NextDeployment } from './check-change.ts';

/** What is wrong, for all that was defined by the time of the synthesis. */
export type Check = () => readonly string[];

/** A deployment with what is checked of it at the synthesis. */
export interface Noted {
  readonly next: NextDeployment;
  readonly checks: readonly Check[];
}

const names = new WeakMap<IConstruct, Deployment>();
const noted = new WeakMap<IConstruct, Noted>();

/**
 * Notes which deployment a construct is.
 *
 * @throws InvalidAppError when the app has one of the same app and stage already that may go to the same account and
 * region: all their names are equal
 */
export function refuseTwin(belfry: Construct, deployment: Deployment): void {
  const prefix = stagePrefix(deployment);
  const twin = belfry.node.root.node.findAll().find((each) => {
    const other = names.get(each);
    return other !== undefined && stagePrefix(other) === prefix && mayMeet(Stack.of(each), Stack.of(belfry));
  });
  if (twin !== undefined) {
    throw new InvalidAppError([
      `new Belfry at ${belfry.node.path}: there is one with app "${deployment.app}" and stage "${deployment.stage}" already, at ${twin.node.path}, and all their names would be equal; give one of them another app or stage, or both stacks an env of different account or region`,
    ]);
  }
  names.set(belfry, deployment);
}

/** Whether two stacks may be deployed to one account and region: what one leaves open is decided at deployment. */
const mayMeet = (one: Stack, other: Stack): boolean =>
  (['account', 'region'] as const).every(
    (part) => one[part] === other[part] || Token.isUnresolved(one[part]) || Token.isUnresolved(other[part]),
  );

/** To be called when all of a deployment is defined. */
export const note = (belfry: Construct, deployment: Noted): unknown => noted.set(belfry, deployment);

/** The deployments of the assembly that a construct is synthesized into, in the order of their definition. */
export function deploymentsBeside(belfry: Construct): readonly { readonly belfry: IConstruct; readonly of: Noted }[] {
  const stage = Stage.of(belfry);
  return (stage ?? belfry.node.root).node.findAll().flatMap((each) => {
    const of = noted.get(each);
    return of === undefined || Stage.of(each) !== stage ? [] : [{ belfry: each, of }];
  });
}
