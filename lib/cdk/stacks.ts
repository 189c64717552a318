import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { groupStackName, stageNames } from '../job/names.ts';
import type { DeploymentSettings } from './settings.ts';

/** Where the constructs of a deployment go. */
export interface StackPlan {
  /** For all that its jobs share, and for the jobs of no group. */
  readonly main: Construct;
  /** For the jobs of a folder of `functions/`; absent where they go beside all else. */
  readonly placeGroup?: (group: string) => Construct;
}

/** In a stack of the user's, that stack. Right below an app, stacks of Belfry's own: `<app>-<stage>`, and one a group. */
export function planStacks(scope: Construct, { deployment, hasOwnStacks, stage, env }: DeploymentSettings): StackPlan {
  if (!hasOwnStacks) return { main: scope };
  const { prefix } = stageNames(deployment);
  const createStack = (name: string, description: string): Stack =>
    new Stack(scope, name, { description, terminationProtection: stage.isProtected === true, env });
  return {
    main: createStack(prefix, `Scheduled jobs of ${prefix}`),
    placeGroup: (group) => createStack(groupStackName(deployment, group), `Scheduled jobs of ${prefix}, ${group}`),
  };
}
