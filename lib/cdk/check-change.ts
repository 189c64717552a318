import { CfnOutput, CfnResource, Stack } from 'aws-cdk-lib';
import type { CheckedApp } from '../app/check-app.ts';
import { STAGES_FILE } from '../app/check-stages.ts';
import { groupStackName, stagePrefix } from '../job/names.ts';
import { identityOf } from './identity.ts';
import type { LastSynthesis } from './last-synthesis.ts';

/** What is about to be synthesized. */
export interface NextSynthesis {
  readonly app: Pick<CheckedApp, 'deployment' | 'jobs'>;
  readonly stages: readonly string[];
  /** Whether Belfry makes the stacks. */
  readonly hasOwnStacks: boolean;
  readonly stacks: readonly Stack[];
}

/**
 * What one deployment cannot do, as far as the last synthesis shows it: there may be none, and it may never have been
 * deployed. Each says how to do it in steps.
 */
export function checkChange(last: LastSynthesis, next: NextSynthesis): readonly string[] {
  const { deployment } = next.app;
  if (next.hasOwnStacks) {
    const abandoned = describeAbandoned(last, next);
    if (abandoned !== undefined) return [abandoned];
  }
  if (stagePrefix(last.manifest) !== stagePrefix(deployment)) return [];
  const moved = describeMovedJobs(last, next);
  return [
    ...moved,
    ...(next.hasOwnStacks ? describeEmptiedGroups(last, next) : []),
    // Those of a job that has moved would repeat it.
    ...(moved.length > 0 ? [] : describeReplacements(last, next.stacks)),
    ...describeRemovedExports(last, next.stacks),
  ];
}

const UNDEPLOYED = 'If what was synthesized last was never deployed, delete cdk.out and go on';

/** A deployment that would go on firing beside the next one. */
function describeAbandoned(
  { manifest, stacks }: LastSynthesis,
  { app, stages, stacks: next }: NextSynthesis,
): string | undefined {
  const { deployment } = app;
  const prefix = stagePrefix(manifest);
  const remove = `Remove the old one first: git checkout the commit before, then npx cdk destroy --all -c stage=${manifest.stage}; docs/deploying.md has the steps. ${UNDEPLOYED}`;
  const old = `the deployment ${prefix}, which cdk.out shows,`;
  if (manifest.app !== deployment.app) {
    return `the app is called "${deployment.app}" and was called "${manifest.app}": ${old} would go on firing its schedules beside the new one. ${remove}`;
  }
  if (!stages.includes(manifest.stage)) {
    return `${STAGES_FILE}: stage "${manifest.stage}" is not listed any more: ${old} would go on firing its schedules. ${remove}`;
  }
  const main = stacks.find(({ name }) => name === prefix);
  const now = next.find(({ stackName }) => stackName === prefix)?.environment;
  if (main === undefined || now === undefined || isSameEnvironment(main.environment, now)) return undefined;
  return `${STAGES_FILE}: stage "${manifest.stage}" moves from ${main.environment} to ${now}: ${old} would go on firing its schedules beside the new one. ${remove}`;
}

/** What one of the two leaves open may be the same. */
function isSameEnvironment(one: string, other: string): boolean {
  const [parts, others] = [partsOf(one), partsOf(other)];
  return parts.every((part, index) => {
    const counterpart = others[index] ?? '';
    return part === counterpart || part.startsWith('unknown-') || counterpart.startsWith('unknown-');
  });
}

const partsOf = (environment: string): readonly string[] => environment.replace('aws://', '').split('/');

function describeMovedJobs({ manifest }: LastSynthesis, { app, hasOwnStacks }: NextSynthesis): readonly string[] {
  if (!hasOwnStacks) return [];
  return manifest.jobs.flatMap(({ name, group }) => {
    const job = app.jobs.find((each) => each.name === name);
    if (job === undefined || job.group === group) return [];
    return [
      `${job.file}: job "${name}" was in ${folderOf(group)}: it changes its stack, and SQS refuses a queue's name for 60 seconds after the old queue is deleted, so one deployment cannot do it. In three: set enabled: false on its schedules and deploy; when its queue is empty, rename the file to _${name}.ts, take its schedules out and deploy; a minute later put both back and deploy. ${UNDEPLOYED}`,
    ];
  });
}

const folderOf = (group: string): string => (group === '' ? 'functions/' : `functions/${group}/`);

/** A stack that has left the app stays deployed, with schedules that fire. */
function describeEmptiedGroups({ manifest, stacks }: LastSynthesis, { app }: NextSynthesis): readonly string[] {
  const { deployment, jobs } = app;
  const emptied = new Set(manifest.jobs.map(({ group }) => group));
  for (const group of ['', ...jobs.map((job) => job.group)]) emptied.delete(group);
  return [...emptied].flatMap((group) => {
    const stack = groupStackName(deployment, group);
    if (!stacks.some(({ name }) => name === stack)) return [];
    return [
      `functions/${group}/: it has no job any more, and its stack ${stack}, which cdk.out shows, would go on firing its schedules without a watchdog: cdk deploy deletes no stack. Delete it: aws cloudformation delete-stack --stack-name ${stack} (if it is protected, first aws cloudformation update-termination-protection --no-enable-termination-protection --stack-name ${stack}); then delete cdk.out and go on`,
    ];
  });
}

/** A resource under another logical id, or in another stack, than the last time. */
function describeReplacements({ stacks }: LastSynthesis, next: readonly Stack[]): readonly string[] {
  const known = new Map(
    stacks.flatMap((stack) => [...stack.logicalIds].map(([key, id]) => [key, { stack, id }] as const)),
  );
  return next.flatMap((stack) =>
    resourcesIn(stack).flatMap((resource) => {
      const identity = identityOf(resource.cfnResourceType, (property) => readProperty(resource, property));
      const before = identity && known.get(identity.key);
      const id = String(stack.resolve(resource.logicalId));
      if (before === undefined || (before.stack.name === stack.stackName && before.id === id)) return [];
      return [
        `${identity?.label} is ${id} of the stack ${stack.stackName}, and was ${before.id} of ${before.stack.name}: CloudFormation creates it before it deletes the old one, and fails. Deploy once without it, then with it. ${UNDEPLOYED}`,
      ];
    }),
  );
}

/** CloudFormation removes no export that a stack imports, and updates the exporting stack first. */
function describeRemovedExports({ stacks }: LastSynthesis, next: readonly Stack[]): readonly string[] {
  return next.flatMap((stack) => {
    const exported = outputsIn(stack).map(({ exportName }) => stack.resolve(exportName));
    const before = stacks.find(({ name }) => name === stack.stackName);
    const removed = before?.exports.filter((name) => !exported.includes(name)) ?? [];
    const importing = stacks.filter(({ imports }) => imports.some((name) => removed.includes(name)));
    return importing.map(
      ({ name }) =>
        `the stack ${stack.stackName} exports ${removed.join(', ')} no longer, and ${name} imports it: CloudFormation refuses to remove an export in use. With the version that was deployed, npx cdk destroy ${name}; then deploy this one. ${UNDEPLOYED}`,
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
