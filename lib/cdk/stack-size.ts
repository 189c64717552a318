import { CfnResource, type Stack } from 'aws-cdk-lib';

/** CloudFormation's limit is 500; the rest is for what `infra/access.ts` adds. */
export const MOST_RESOURCES = 450;

const limited = new WeakSet<Stack>();

/** Has synth fail when a stack outgrows one deployment, with what to do about it. */
export function limitResources(stack: Stack): void {
  if (limited.has(stack)) return;
  limited.add(stack);
  stack.node.addValidation({
    validate() {
      const count = stack.node
        .findAll()
        .filter((each) => CfnResource.isCfnResource(each) && each.stack === stack).length;
      if (count <= MOST_RESOURCES) return [];
      return [
        `stack ${stack.stackName} has ${count} resources; allowed are ${MOST_RESOURCES}, about 35 jobs. Move jobs that belong together into functions/<group>/ folders: each is deployed as a stack of its own`,
      ];
    },
  });
}
