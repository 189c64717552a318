import { type CfnResource, Stack } from 'aws-cdk-lib';
import { CfnManagedPolicy, CfnPolicy, CfnRole } from 'aws-cdk-lib/aws-iam';
import type { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { filledIn } from './deployed-size.ts';
import type { Check } from './deployments.ts';
import type { JobWorker } from './job-worker.ts';

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const MAX_VARIABLES_BYTES = 4096;
/** Of all inline policies of a role together. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
export const MAX_INLINE_CHARACTERS = 10_240;
export const MAX_MANAGED_CHARACTERS = 6144;

/** Checks a job for variables and grants that Lambda or IAM would refuse, which they do in the middle of a deployment. */
export const limitFunction =
  (worker: JobWorker): Check =>
  () => [...tooManyVariables(worker), ...tooLongPolicies(worker)];

const problemOf = ({ job }: JobWorker, text: string): string => `infra/access.ts: job "${job.name}": ${text}`;

function tooManyVariables(worker: JobWorker): readonly string[] {
  // A user may have removed it.
  const resource = worker.function.node.defaultChild as CfnFunction | undefined;
  const environment = filledIn(worker, resource?.environment) as { readonly variables?: object } | undefined;
  const sizes = Object.entries(environment?.variables ?? {}).map(([name, value]) => ({
    name,
    bytes: Buffer.byteLength(`${name}${value}`),
  }));
  const bytes = sum(sizes.map((each) => each.bytes));
  if (bytes <= MAX_VARIABLES_BYTES) return [];
  const largest = sizes.sort((a, b) => b.bytes - a.bytes).slice(0, 3);
  const named = largest.map((each) => `${each.name} (${each.bytes})`).join(', ');
  return [
    problemOf(
      worker,
      `its variables have ${bytes} bytes, names and values together; Lambda takes ${MAX_VARIABLES_BYTES}. The largest are ${named}. Put long values into a secret (belfry.job(…).secret) or a file that the job imports`,
    ),
  ];
}

function tooLongPolicies(worker: JobWorker): readonly string[] {
  const role = worker.function.role?.node.defaultChild;
  if (!(role instanceof CfnRole)) return [];
  const attached = Stack.of(worker)
    .node.findAll()
    .filter((each) => each instanceof CfnPolicy || each instanceof CfnManagedPolicy)
    .filter((policy) => isOf(policy, role));
  const own = lengthOf(worker, documentsOf(worker, role));
  const inline = own + sum(attached.filter((each) => each instanceof CfnPolicy).map((each) => policyLength(each)));
  const managed = attached.filter((each) => each instanceof CfnManagedPolicy).map((each) => policyLength(each));
  return [
    ...(inline > MAX_INLINE_CHARACTERS
      ? [problemOf(worker, tooLong(inline, MAX_INLINE_CHARACTERS, 'the policies'))]
      : []),
    ...managed
      .filter((length) => length > MAX_MANAGED_CHARACTERS)
      .map((length) => problemOf(worker, tooLong(length, MAX_MANAGED_CHARACTERS, 'a managed policy'))),
  ];
}

const tooLong = (length: number, limit: number, what: string): string =>
  `${what} of its role have ${length} characters; IAM takes ${limit}. Grant to fewer resources, or by a wildcard that names all of them ('arn:aws:s3:::reports-*'), or add a managed policy of your own: belfry.job(…).function.role?.addManagedPolicy(…)`;

/** Whether a policy is attached to a role: by its own list or by the role's, each of which refers to a logical id. */
function isOf(policy: CfnPolicy | CfnManagedPolicy, role: CfnRole): boolean {
  return refersTo(role, policy.roles, role) || refersTo(role, role.managedPolicyArns, policy);
}

function refersTo(scope: CfnResource, list: unknown, resource: CfnResource): boolean {
  const stack = Stack.of(scope);
  const references = (stack.resolve(list) ?? []) as readonly { readonly Ref?: string }[];
  return references.some(({ Ref }) => Ref === stack.getLogicalId(resource));
}

const policyLength = (policy: CfnPolicy | CfnManagedPolicy): number => lengthOf(policy, policy.policyDocument);

const documentsOf = (worker: JobWorker, role: CfnRole): unknown => {
  const policies = (Stack.of(worker).resolve(role.policies) ?? []) as readonly { readonly policyDocument: unknown }[];
  return policies.map(({ policyDocument }) => policyDocument);
};

/** IAM does not count white space. */
const lengthOf = (scope: CfnResource | JobWorker, document: unknown): number =>
  JSON.stringify(filledIn(scope, document)).replaceAll(/\s/g, '').length;

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
