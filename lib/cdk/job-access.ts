import { createRequire } from 'node:module';
import { Stack, Validations } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Connections, IConnectable, ISecurityGroup, IVpc, SubnetSelection, Vpc } from 'aws-cdk-lib/aws-ec2';
import { type IGrantable, type IPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { CfnFunction, ILayerVersion, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { InvalidAppError } from '../app/check-report.ts';
import { JOBS_IN_BUNDLE, JOBS_VARIABLE, RESERVED_PREFIX, SECRET_PREFIX } from '../environment.ts';
import { jobPartition } from '../store/dynamodb/keys.ts';
import type { JobWorker } from './job-worker.ts';
import { sharedArns } from './surroundings.ts';

/** When a VPC is asked for: to load this module takes a tenth of the time of a whole synth. */
const loadEc2 = (): typeof ec2 => createRequire(import.meta.url)('aws-cdk-lib/aws-ec2');

const SECURITY_GROUP = 'SecurityGroup';

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_LAYERS = 5;

/** Any secret of CDK's. */
export type GrantableSecret = Pick<ISecret, 'secretArn' | 'grantRead'>;

/** A network that a job's function is in. */
export interface JobVpc {
  // Both, because CDK's class does not fit its own interface under `exactOptionalPropertyTypes`; nor does `Secret`.
  readonly vpc: IVpc | Vpc;
  /** @default the private subnets */
  readonly vpcSubnets?: SubnetSelection;
  /** @default one of its own, open towards the outside only */
  readonly securityGroups?: readonly ISecurityGroup[];
}

/** What all jobs have that say nothing else. */
export interface JobDefaults {
  readonly environment?: Readonly<Record<string, string>>;
  readonly vpc?: JobVpc;
}

/**
 * What one job may touch: `belfry.job(nightlyReport)` in `infra/access.ts`.
 *
 * Other constructs grant to it as to any function: `bucket.grantRead(belfry.job(report))`,
 * `database.connections.allowDefaultPortFrom(belfry.job(report))`.
 */
export class JobAccess implements IGrantable, IConnectable {
  private readonly worker: JobWorker;
  private readonly ownVariables = new Set<string>();
  private ownVpc = false;
  private network: Connections | undefined;

  constructor(worker: JobWorker) {
    this.worker = worker;
  }

  /** The Lambda function, for whatever this class has no word for. */
  get function(): LambdaFunction {
    return this.worker.function;
  }

  get grantPrincipal(): IPrincipal {
    return this.worker.function.grantPrincipal;
  }

  /** @throws InvalidAppError for a job that is in no VPC */
  get connections(): Connections {
    if (this.network !== undefined) return this.network;
    throw this.problem('it is in no VPC; call .vpc({ vpc }) first');
  }

  /** Sets variables of the job's process; before `defaults`, whichever is called first. */
  environment(variables: Readonly<Record<string, string>>): this {
    for (const [name, value] of Object.entries(variables)) {
      this.checkVariable(name, value);
      this.setOwn(name, value);
    }
    return this;
  }

  /** Lets the job read a secret as `context.secret(name)`. Its value is in no template and no variable. */
  secret(name: string, secret: GrantableSecret): this {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      throw this.problem(`secret "${name}": allowed are letters, digits and _, first no digit`);
    }
    secret.grantRead(this);
    this.setOwn(`${SECRET_PREFIX}${name}`, secret.secretArn);
    return this;
  }

  /** Puts the job's function into a network. */
  vpc(network: JobVpc): this {
    this.ownVpc = true;
    this.enter(network);
    return this;
  }

  /**
   * Gives the job's function layers, at most five: for packages that its `external` leaves out of the bundle, such as those
   * with native modules. Build them for Linux on arm64.
   */
  layers(...layers: readonly ILayerVersion[]): this {
    const count = this.layerCount() + layers.length;
    if (count > MAX_LAYERS) throw this.problem(`${count} layers; Lambda takes ${MAX_LAYERS}`);
    this.function.addLayers(...layers);
    return this;
  }

  /** What is wrong where packages are left out of the bundle and no layer brings them. */
  missingLayer(external: readonly string[]): readonly string[] {
    if (external.length === 0 || this.layerCount() > 0) return [];
    return this.problem(
      `it has no layer, and external: ['${external.join("', '")}'] leaves out of its bundle what a layer must bring; call .layers(…), or remove external from the job`,
    ).problems;
  }

  /** Lets the job read the records of all jobs, by `openRunHistory()`. */
  readsRuns(): this {
    this.worker.permissions.addStatements(
      new PolicyStatement({
        actions: ['dynamodb:GetItem', 'dynamodb:Query'],
        resources: [sharedArns(this.worker, this.worker.surroundings.names).table],
        conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [jobPartition('*')] } },
      }),
    );
    this.setOwn(JOBS_VARIABLE, JOBS_IN_BUNDLE);
    return this;
  }

  /** Takes what the job has not been given itself. */
  applyDefaults({ environment = {}, vpc }: JobDefaults): void {
    for (const [name, value] of Object.entries(environment)) {
      this.checkVariable(name, value);
      if (!this.ownVariables.has(name)) this.function.addEnvironment(name, value);
    }
    if (vpc !== undefined && !this.ownVpc) this.enter(vpc);
  }

  private layerCount(): number {
    const { layers } = this.function.node.defaultChild as CfnFunction;
    const resolved: unknown = Stack.of(this.function).resolve(layers);
    return Array.isArray(resolved) ? resolved.length : 0;
  }

  private setOwn(name: string, value: string): void {
    this.ownVariables.add(name);
    this.function.addEnvironment(name, value);
  }

  /** Lambda refuses the same only when it is deployed. https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html */
  private checkVariable(name: string, value: unknown): void {
    if (name.startsWith(RESERVED_PREFIX))
      throw this.problem(`variable ${name}: names with ${RESERVED_PREFIX} are Belfry's own`);
    if (/^(AWS_(REGION|ACCESS_KEY|SECRET_ACCESS_KEY|SESSION_TOKEN|LAMBDA_|DEFAULT_REGION)|LAMBDA_)/.test(name)) {
      throw this.problem(`variable ${name}: Lambda sets it itself; use a name of your own`);
    }
    if (!/^[A-Za-z]\w+$/.test(name)) {
      throw this.problem(
        `variable ${JSON.stringify(name)}: allowed are letters, digits and _, first a letter, at least two`,
      );
    }
    if (typeof value !== 'string') throw this.problem(`variable ${name}: its value is ${value}; it must be text`);
  }

  private problem(text: string): InvalidAppError {
    return new InvalidAppError([`infra/access.ts: job "${this.worker.job.name}": ${text}`]);
  }

  private enter({ vpc, vpcSubnets, securityGroups }: JobVpc): void {
    // A default VPC may have come first: nothing of it should stay.
    this.worker.node.tryRemoveChild(SECURITY_GROUP);
    const { Connections, SecurityGroup } = loadEc2();
    const groups = securityGroups ?? [
      new SecurityGroup(this.worker, SECURITY_GROUP, {
        vpc: vpc as IVpc,
        description: `The job ${this.worker.job.name}`,
      }),
    ];
    // Set on the resource, because the function exists before access.ts says where it should be.
    const resource = this.function.node.defaultChild as CfnFunction;
    resource.vpcConfig = {
      subnetIds: vpc.selectSubnets(vpcSubnets).subnetIds,
      securityGroupIds: groups.map(({ securityGroupId }) => securityGroupId),
    };
    if (this.network === undefined) this.allowNetworkInterfaces();
    this.network = new Connections({ securityGroups: [...groups] });
  }

  private allowNetworkInterfaces(): void {
    this.worker.permissions.addStatements(networkInterfaces());
    const reason = 'A function in a VPC must manage network interfaces, for which EC2 knows no narrower resource';
    Validations.of(this.worker).acknowledge(
      { id: 'AwsSolutions-IAM5[Resource::*]', reason },
      { id: 'Serverless-LambdaStarPermissions', reason },
    );
  }
}

/** EC2 knows no resource for these actions. https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html */
const networkInterfaces = (): PolicyStatement =>
  new PolicyStatement({
    actions: [
      'ec2:CreateNetworkInterface',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSubnets',
      'ec2:DeleteNetworkInterface',
      'ec2:AssignPrivateIpAddresses',
      'ec2:UnassignPrivateIpAddresses',
    ],
    resources: ['*'],
  });
