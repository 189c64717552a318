import {
  CloudFormationClient,
  type StackStatus,
  UpdateTerminationProtectionCommand,
} from '@aws-sdk/client-cloudformation';
import { DeleteTableCommand, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import { assemblyOf, type CdkRun, type DeployTerms, deployStacks, runCdk } from './cdk.ts';
import { Cloud } from './cloud.ts';
import { deleteLateLogGroups } from './late-log-groups.ts';
import type { LeftOut } from './leave-out.ts';
import type { NamedResource, NamedType } from './names/named-resources.ts';
import { plannedStacks } from './names/planned-stacks.ts';
import { readAccount } from './names/read-account.ts';
import type { Account, PlannedStack } from './names/taken-names.ts';
import { stackStatus } from './stack.ts';
import { SuiteProject } from './suite-project.ts';
import type { Target } from './target.ts';

export interface NeighbourOptions {
  readonly app: string;
  readonly stage: string;
  readonly leavesOut: readonly LeftOut[];
  /** The stage's `alerts`, as TypeScript. @default none */
  readonly alerts?: string;
  /** @default one below all others, one in a group */
  readonly jobs?: readonly string[];
  /** The file of `test/cloud` with the entries of these jobs. @default that of neighbours */
  readonly schedules?: string;
}

/** A small app with a group, which is deployed beside others: as often as apps and stages are named. */
export class Neighbour {
  readonly project: SuiteProject;
  readonly cloud: Cloud;
  /** The stacks that it has begun to deploy. */
  readonly #stacks = new Map<string, PlannedStack>();

  private constructor(project: SuiteProject, target: Target) {
    this.project = project;
    this.cloud = new Cloud(target);
  }

  static async create(place: Target, { app, stage, ...options }: NeighbourOptions): Promise<Neighbour> {
    const { jobs = ['probe-token', 'reports/probe-due'], schedules = 'schedules-of-neighbours.ts' } = options;
    const isProtected = stage === 'prod';
    const project = await SuiteProject.create({ ...options, app, stage, isProtected, jobs, schedules });
    return new Neighbour(project, { ...place, app, stage });
  }

  get #run(): CdkRun {
    return { project: this.project, target: this.cloud.target };
  }

  /** The named resources of what was deployed. */
  get resources(): readonly NamedResource[] {
    return [...this.#stacks.values()].flatMap(({ resources }) => resources);
  }

  /** Its stacks as last synthesized. */
  planned(): Promise<readonly PlannedStack[]> {
    return plannedStacks(assemblyOf(this.#run));
  }

  /** @throws NameTakenError before anything of a stack is made whose names are taken */
  async deploy(terms: Pick<DeployTerms, 'importsExisting'> = {}): Promise<void> {
    const onDeploy = (stack: PlannedStack): unknown => this.#stacks.set(stack.name, stack);
    await deployStacks(this.#run, { ...terms, ownStacks: new Set(this.#stacks.keys()), onDeploy });
  }

  async destroy(): Promise<void> {
    const since = Date.now();
    await runCdk(this.#run, ['destroy', '--all', '--force']);
    await deleteLateLogGroups(this.cloud.target, this.cloud.prefix, since);
  }

  /** What `aws cloudformation update-termination-protection --no-enable-termination-protection` does. */
  async unprotect(): Promise<void> {
    const client = new CloudFormationClient(this.cloud.config);
    for (const StackName of this.#stacks.keys()) {
      if ((await this.status(StackName)) === undefined) continue;
      await client.send(new UpdateTerminationProtectionCommand({ StackName, EnableTerminationProtection: false }));
    }
  }

  async status(stack = this.cloud.prefix): Promise<StackStatus | undefined> {
    return (await stackStatus(this.cloud.target, stack)) as StackStatus | undefined;
  }

  /** Deletes the table that its stack has left, protected as it is. */
  async deleteTable(): Promise<void> {
    const { dynamodb, table: TableName } = this.cloud;
    await dynamodb.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: false }));
    await dynamodb.send(new DeleteTableCommand({ TableName }));
  }

  /** The account that it is in, as far as it concerns its types of resources. */
  async account(): Promise<Account> {
    const types = new Set<NamedType>(this.resources.map(({ type }) => type));
    return await readAccount(this.cloud.target, types);
  }
}
