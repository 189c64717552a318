import { statSync } from 'node:fs';
import { join } from 'node:path';
import { CfnResource, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { CheckedSchedule } from '../app/checked-schedule.ts';
import type { Check } from './deployments.ts';

/** CloudFormation's limit is 500; the rest is for what `infra/access.ts` adds. */
export const MOST_RESOURCES = 450;
/** CloudFormation's "1 MB", in bytes. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
export const MAX_TEMPLATE_BYTES = 1_000_000;

/** What a job's folder costs in a stack of its own beside the schedules: the job's, and the scheduler's role. */
const JOB_RESOURCES = 11;

const limited = new WeakSet<Stack>();

/** What a stack is made of, as far as it says what to do when it is too large. */
export interface StackContent {
  /** Those of its jobs. */
  readonly schedules: readonly CheckedSchedule[];
  /** Whether the stack of each folder is Belfry's to make. */
  readonly hasOwnStacks: boolean;
}

/** Where the jobs of a deployment are, and their schedules. */
export interface Stacks extends StackContent {
  readonly places: ReadonlyMap<Construct, readonly { readonly name: string }[]>;
}

/** Checks whether a stack outgrows one deployment, and says what to do about it. */
export function limitStacks({ places, schedules, hasOwnStacks }: Stacks): readonly Check[] {
  const stacks = new Map<Stack, readonly string[]>();
  for (const [place, jobs] of places) {
    const stack = Stack.of(place);
    stacks.set(stack, [...(stacks.get(stack) ?? []), ...jobs.map(({ name }) => name)]);
  }
  return [...stacks].flatMap(([stack, jobs]) =>
    limitResources(stack, { schedules: schedules.filter(({ job }) => jobs.includes(job)), hasOwnStacks }),
  );
}

function limitResources(stack: Stack, content: StackContent): readonly Check[] {
  if (limited.has(stack)) return [];
  limited.add(stack);
  const check = () => {
    const count = stack.node.findAll().filter((each) => CfnResource.isCfnResource(each) && each.stack === stack).length;
    if (count <= MOST_RESOURCES) return [];
    return [
      `stack ${stack.stackName} has ${count} resources; allowed are ${MOST_RESOURCES}, about 38 jobs. ${cureFor(content)}`,
    ];
  };
  return [check];
}

function cureFor({ schedules, hasOwnStacks }: StackContent): string {
  const counts = new Map<string, number>();
  for (const { job, expressions } of schedules) counts.set(job, (counts.get(job) ?? 0) + expressions.length);
  const [job, most] = [...counts].sort(([, a], [, b]) => b - a)[0] ?? ['', 0];
  if (most + JOB_RESOURCES <= MOST_RESOURCES) return MOVE_INTO_GROUPS + (hasOwnStacks ? '' : PLACE_GROUPS);
  return `Job "${job}" alone has ${most} schedules, which are in the stack of their job: no folder is large enough for more than ${MOST_RESOURCES - JOB_RESOURCES}. Have one entry run the job for all of them, with a list that the job reads; or write the job several times, each in a file of its own in a functions/<group>/ folder, with a part of the entries`;
}

const MOVE_INTO_GROUPS =
  'Move jobs that belong together into functions/<group>/ folders: each is deployed as a stack of its own';

/** In a stack of the user's, folders go beside all else unless the user says otherwise. */
const PLACE_GROUPS = ', where new Belfry is given placeGroup: (group) => new Stack(app, group), a stack for each';

/**
 * Templates that are larger than CloudFormation takes, in bytes: CDK counts characters, and only warns.
 *
 * @param outdir where they were written
 */
export const tooLargeTemplates = (stacks: ReadonlySet<Stack>, outdir: string): readonly string[] =>
  [...stacks].flatMap((stack) => tooLarge(stack, outdir));

function tooLarge({ stackName, templateFile }: Stack, outdir: string): readonly string[] {
  const bytes = statSync(join(outdir, templateFile)).size;
  if (bytes <= MAX_TEMPLATE_BYTES) return [];
  return [
    `stack ${stackName}: its template has ${bytes} bytes; CloudFormation takes ${MAX_TEMPLATE_BYTES}. Long inputs of schedules make most of it: keep what is in them elsewhere, such as in S3, and let the input name it. ${MOVE_INTO_GROUPS}`,
  ];
}
