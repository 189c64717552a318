import { CfnOutput, CfnResource, Stack, Stage } from 'aws-cdk-lib';
import type { CheckedApp } from '../app/check-app.ts';
import { stagePrefix } from '../job/names.ts';
import type { ManifestStack } from '../manifest.ts';
import { mayBeSameEnvironment } from './environment.ts';
import { identityOf } from './identity.ts';
import type { LastDeployment, LastSynthesis } from './last-synthesis.ts';

/** A deployment that is about to be synthesized. */
export interface NextDeployment {
  readonly app: Pick<CheckedApp, 'deployment' | 'jobs'>;
  /** The names of all stages that are listed. */
  readonly stages: readonly string[];
  /** The stacks that have jobs, by group; that of `''` is the main one. */
  readonly stacks: ReadonlyMap<string, Stack>;
  /** Whether Belfry makes them. */
  readonly hasOwnStacks: boolean;
}

/** What was synthesized last of a deployment. */
export const lastOf = ({ deployments }: LastSynthesis, next: NextDeployment): LastDeployment | undefined =>
  deployments.find(
    (last) =>
      stagePrefix(last) === stagePrefix(next.app.deployment) &&
      mayBeSameEnvironment(last.environment, environmentOf(next)),
  );

export const environmentOf = ({ stacks }: NextDeployment): string => stacks.get('')?.environment ?? '';

export const UNDEPLOYED = 'If what was synthesized last was never deployed, delete cdk.out and go on';

/**
 * What one deployment cannot do, as far as the last synthesis shows it: there may be none, and it may never have been
 * deployed. Each says how to do it in steps.
 */
export function checkChange(all: LastSynthesis, next: NextDeployment): readonly string[] {
  const last = lastOf(all, next);
  if (last === undefined) return [];
  const moved = describeMovedJobs(last, next);
  return [
    ...moved,
    ...describeEmptiedGroups(last, all, next),
    // Those of a job that has moved would repeat it.
    ...(moved.length > 0 ? [] : describeReplacements(all, next)),
    ...describeRemovedExports(all, next),
  ];
}

function describeMovedJobs({ jobs, stacks }: LastDeployment, next: NextDeployment): readonly string[] {
  return jobs.flatMap(({ name, group }) => {
    const job = next.app.jobs.find((each) => each.name === name);
    if (job === undefined || job.group === group) return [];
    const before = stackOf(group, stacks)?.name;
    if (before === undefined || before === next.stacks.get(job.group)?.stackName) return [];
    return [
      `${job.file}: job "${name}" was in ${folderOf(group)}: it changes its stack, and SQS refuses a queue's name for 60 seconds after the old queue is deleted, so one deployment cannot do it. In three: set enabled: false on its schedules and deploy; when its queue is empty, rename the file to _${name}.ts, take the job out of infra/schedules.ts and infra/access.ts and deploy; a minute later put all back and deploy. ${UNDEPLOYED}`,
    ];
  });
}

const stackOf = (group: string, stacks: readonly ManifestStack[]): ManifestStack | undefined =>
  stacks.find((stack) => stack.group === group);

const folderOf = (group: string): string => (group === '' ? 'functions/' : `functions/${group}/`);

/** A stack that has left the app stays deployed, with schedules that fire. */
function describeEmptiedGroups(
  { stacks }: LastDeployment,
  { stacks: all }: LastSynthesis,
  next: NextDeployment,
): readonly string[] {
  const present = new Set(stacksBeside(next).map(({ stackName }) => stackName));
  return stacks.flatMap(({ group, name }) => {
    if (group === '' || next.stacks.has(group) || present.has(name)) return [];
    if (!all.some((stack) => stack.name === name)) return [];
    return [
      `functions/${group}/: it has no job any more, and its stack ${name}, which cdk.out shows, would go on firing its schedules without a watchdog: cdk deploy deletes no stack. Delete it: aws cloudformation delete-stack --stack-name ${name} (if it is protected, first aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name ${name}); then delete cdk.out and go on`,
    ];
  });
}

interface Place {
  readonly stack: string;
  readonly environment: string;
  readonly logicalId: string;
}

const isPlace = (one: Place, other: Place): boolean => one.stack === other.stack && one.logicalId === other.logicalId;

/** A resource that leaves the place of the last time for another one of the same account and region. */
function describeReplacements({ stacks }: LastSynthesis, next: NextDeployment): readonly string[] {
  const before = new Map<string, readonly Place[]>();
  for (const { name, environment, logicalIds } of stacks) {
    for (const [key, logicalId] of logicalIds) {
      before.set(key, [...(before.get(key) ?? []), { stack: name, environment, logicalId }]);
    }
  }
  const after = stacksBeside(next).flatMap(placesIn);
  return after
    .filter(({ of }) => [...next.stacks.values()].includes(of))
    .flatMap(({ key, label, place }) => {
      const earlier = before.get(key) ?? [];
      if (earlier.some((each) => isPlace(each, place))) return [];
      const left = earlier.find(
        (each) =>
          mayBeSameEnvironment(each.environment, place.environment) &&
          !after.some((other) => other.key === key && isPlace(other.place, each)),
      );
      if (left === undefined) return [];
      return [
        `${label} is ${place.logicalId} of the stack ${place.stack}, and was ${left.logicalId} of ${left.stack}: CloudFormation creates it before it deletes the old one, and fails. Deploy once without it, then with it. ${UNDEPLOYED}`,
      ];
    });
}

/** All stacks of the assembly that a deployment is synthesized into. */
function stacksBeside({ stacks }: NextDeployment): readonly Stack[] {
  const [first] = stacks.values();
  const stage = first && Stage.of(first);
  return (stage?.node.findAll() ?? []).filter((each): each is Stack => Stack.isStack(each) && Stage.of(each) === stage);
}

/** What is identified in a stack, and where it is. */
const placesIn = (stack: Stack) =>
  resourcesIn(stack).flatMap((resource) => {
    const { stackName, environment } = stack;
    const read = (property: string) => readProperty(resource, property);
    const identity = identityOf({ type: resource.cfnResourceType, stack: stackName, read });
    const logicalId = String(stack.resolve(resource.logicalId));
    return identity === undefined
      ? []
      : [{ ...identity, of: stack, place: { stack: stackName, environment, logicalId } }];
  });

/** CloudFormation removes no export that a stack imports, and updates the exporting stack first. */
function describeRemovedExports({ stacks }: LastSynthesis, next: NextDeployment): readonly string[] {
  return [...new Set(next.stacks.values())].flatMap((stack) => {
    const exported = outputsIn(stack).map(({ exportName }) => stack.resolve(exportName));
    const before = stacks.find(({ name }) => name === stack.stackName);
    const removed = before?.exports.filter((name) => !exported.includes(name)) ?? [];
    const importing = stacks.filter(({ imports }) => imports.some((name) => removed.includes(name)));
    return importing.map(
      ({ name }) =>
        `the stack ${stack.stackName} exports ${removed.join(', ')} no longer, and ${name} imports it: CloudFormation refuses to remove an export in use. With the version that was deployed, npx cdk destroy ${name}; then delete cdk.out, which still shows it, and deploy this one. ${UNDEPLOYED}`,
    );
  });
}

const outputsIn = (stack: Stack): readonly CfnOutput[] =>
  stack.node.findAll().filter((each): each is CfnOutput => each instanceof CfnOutput && each.stack === stack);

const resourcesIn = (stack: Stack): readonly CfnResource[] =>
  stack.node.findAll().filter((each): each is CfnResource => CfnResource.isCfnResource(each) && each.stack === stack);

/** As the template will have it. CDK's classes have each property of CloudFormation under its name with a small first letter. */
function readProperty(resource: CfnResource, property: string): unknown {
  const name = `${property.charAt(0).toLowerCase()}${property.slice(1)}`;
  return Stack.of(resource).resolve(Reflect.get(resource, name));
}
