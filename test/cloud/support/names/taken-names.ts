import { type Identity, keyOf, type NamedResource } from './named-resources.ts';

/** A resource that a stack of the account has. */
export interface OwnedResource extends Identity {
  readonly stack: string;
  readonly logicalId: string;
}

/** What has a name in an account and region. */
export interface Account {
  /** The names of all stacks. */
  readonly stacks: ReadonlySet<string>;
  /** What the stacks have. */
  readonly owned: readonly OwnedResource[];
  /** What the services list, whether a stack has it or not. */
  readonly existing: readonly Identity[];
}

/** What is about to be deployed. */
export interface PlannedStack {
  readonly name: string;
  readonly resources: readonly NamedResource[];
}

export interface DeploymentTerms {
  /** The stacks that this app has deployed before. @default unknown: a stack is this app's if it keeps any name of it */
  readonly ownStacks?: ReadonlySet<string>;
  /** Whether `--import-existing-resources` is given. @default false */
  readonly importsExisting?: boolean;
}

/**
 * Why CloudFormation refuses a deployment, or would replace what is not meant, by the names that are taken. It creates
 * before it deletes, so a name that another logical id of the same stack has is taken as well.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-update-behaviors.html
 */
export function takenNames(plan: PlannedStack, account: Account, terms: DeploymentTerms = {}): readonly string[] {
  const foreign = foreignStack(plan, account, terms);
  if (foreign !== undefined) return [foreign];
  const owners = new Map(account.owned.map((each) => [keyOf(each), each]));
  const existing = new Set(account.existing.map(keyOf));
  return plan.resources.flatMap((resource) => {
    const owner = owners.get(keyOf(resource));
    const problem = owner === undefined ? unowned(resource, existing, terms) : ownedBy(owner, plan, resource);
    return problem === undefined ? [] : [`${resource.logicalId}: ${resource.type} "${resource.name}" ${problem}`];
  });
}

/** A stack of the same name whose content is not this one's: all of it would be deleted, without an error. */
function foreignStack(
  { name, resources }: PlannedStack,
  { stacks, owned }: Account,
  { ownStacks }: DeploymentTerms,
): string | undefined {
  if (!stacks.has(name) || ownStacks?.has(name)) return undefined;
  const had = owned.filter(({ stack }) => stack === name);
  const kept = new Set(resources.map(keyOf));
  if (ownStacks === undefined && (had.length === 0 || had.some((each) => kept.has(keyOf(each))))) return undefined;
  const example = had[0] === undefined ? '' : `, such as ${had[0].type} "${had[0].name}"`;
  return `stack "${name}" is there already and is not this app's: its ${had.length} named resources${example}, would be replaced`;
}

function ownedBy(owner: OwnedResource, plan: PlannedStack, { logicalId }: NamedResource): string | undefined {
  if (owner.stack !== plan.name) return `belongs to ${owner.logicalId} of stack "${owner.stack}"`;
  if (owner.logicalId === logicalId) return undefined;
  return `belongs to ${owner.logicalId} of this stack, which is deleted only after this one is created`;
}

function unowned(
  resource: NamedResource,
  existing: ReadonlySet<string>,
  { importsExisting = false }: DeploymentTerms,
): string | undefined {
  if (!existing.has(keyOf(resource))) return undefined;
  if (!importsExisting) return 'exists and belongs to no stack; --import-existing-resources takes it in';
  if (resource.isRetained) return undefined;
  return 'exists and belongs to no stack, and is imported only with a DeletionPolicy of Retain or RetainExceptOnCreate';
}
