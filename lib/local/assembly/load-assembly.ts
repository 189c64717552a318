import { existsSync, realpathSync } from 'node:fs';
import { resolve as absolute } from 'node:path';
import { MANIFEST_FILE, type Manifest } from '../../manifest.ts';
import { type CloudAssembly, readCloudAssembly, readJson } from './cloud-assembly.ts';
import { UnreadableAssemblyError } from './errors.ts';
import type { Assembly } from './models.ts';
import { readAlarm, readCompositeAlarm } from './read-alarm.ts';
import { isQueueMapping, readFunction, readMapping } from './read-functions.ts';
import { readQueue, readSchedule, readSubscription, readTable, readTopic } from './read-services.ts';
import { resolve } from './resolve.ts';
import { Resource } from './resource.ts';
import type { Scope, ScopedOutput } from './scope.ts';

/** The same as the backends'. */
const DEFAULT_REGION = 'us-east-1';

export interface LoadOptions {
  /** Where the front listens, `http://127.0.0.1:4510`: queue URLs begin with it. */
  readonly origin: string;
  readonly region?: string;
  /** Names of variables that `.belfry.env` sets: what the template says of them need not be resolvable. */
  readonly localVariables?: Iterable<string>;
}

/**
 * Reads a synthesized app.
 *
 * @param directory a CDK cloud assembly (`cdk.out`) with Belfry's manifest in it
 * @throws UnreadableAssemblyError
 * @throws UnresolvedPropertyError when a template says something that is needed and cannot be worked out
 */
export function loadAssembly(directory: string, options: LoadOptions): Assembly {
  const { origin, region = DEFAULT_REGION, localVariables = [] } = options;
  // The real path: Node names files by it in the stacks of functions.
  const root = existsSync(directory) ? realpathSync(directory) : absolute(directory);
  const cloudAssembly = readCloudAssembly(root);
  const scopes = createScopes(cloudAssembly, region, origin);
  const resources = scopes.flatMap(resourcesOf);
  const all = <Model>(type: string, read: (resource: Resource) => Model): Model[] =>
    resources.filter((resource) => resource.type === type).map(read);
  const surroundings = { assets: cloudAssembly.assets, localVariables: new Set(localVariables) };

  return {
    directory: root,
    region,
    manifest: readManifest(root),
    functions: all('AWS::Lambda::Function', (one) => readFunction(one, surroundings)).filter(
      (one) => one !== undefined,
    ),
    queues: all('AWS::SQS::Queue', readQueue),
    tables: [...all('AWS::DynamoDB::Table', readTable), ...all('AWS::DynamoDB::GlobalTable', readTable)],
    topics: all('AWS::SNS::Topic', readTopic),
    subscriptions: all('AWS::SNS::Subscription', readSubscription).filter((one) => one !== undefined),
    scheduleGroups: all('AWS::Scheduler::ScheduleGroup', ({ name }) => name),
    schedules: all('AWS::Scheduler::Schedule', readSchedule),
    mappings: resources
      .filter((resource) => resource.type === 'AWS::Lambda::EventSourceMapping' && isQueueMapping(resource))
      .map(readMapping),
    alarms: [
      ...all('AWS::CloudWatch::Alarm', readAlarm),
      ...all('AWS::CloudWatch::CompositeAlarm', readCompositeAlarm),
    ],
    logGroups: all('AWS::Logs::LogGroup', ({ name }) => name),
  };
}

function readManifest(directory: string): Manifest {
  const manifest = readJson<Manifest>(directory, MANIFEST_FILE);
  if (manifest.v === 1) return manifest;
  throw new UnreadableAssemblyError(
    directory,
    `${MANIFEST_FILE} is of version ${JSON.stringify(manifest.v)}; this Belfry reads version 1: synthesize again`,
  );
}

const resourcesOf = (scope: Scope): readonly Resource[] =>
  Object.entries(scope.stack.template.Resources ?? {})
    .map(([logicalId, resource]) => new Resource(logicalId, resource, scope))
    .filter((resource) => resource.exists);

/** The stacks know each other by exports and outputs, each resolved when somebody imports it. */
function createScopes({ stacks }: CloudAssembly, region: string, origin: string): readonly Scope[] {
  const outputs = (): readonly ScopedOutput[] =>
    scopes.flatMap((scope) =>
      Object.entries(scope.stack.template.Outputs ?? {}).map(([id, output]) => ({ scope, id, output })),
    );
  const scopes: readonly Scope[] = stacks.map((stack) => ({
    stack,
    region,
    origin,
    exported: (name) => outputs().find((output) => exportName(output) === name),
    outputOf: (stackName, outputId) =>
      outputs().find(({ scope, id }) => scope.stack.name === stackName && id === outputId),
  }));
  return scopes;
}

function exportName({ scope, id, output }: ScopedOutput): unknown {
  const place = { stack: scope.stack.name, logicalId: id, property: 'Export.Name' };
  return resolve(output.Export?.Name, scope, place);
}
