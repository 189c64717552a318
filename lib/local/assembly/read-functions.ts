import { seconds } from '../../units.ts';
import { UnresolvedPropertyError } from './errors.ts';
import type { FunctionModel, MappingModel } from './models.ts';
import type { Resource } from './resource.ts';
import { isObject } from './template.ts';

/** What the reading of functions needs beside the template. */
export interface FunctionSurroundings {
  /** Folders of assets, by hash. */
  readonly assets: ReadonlyMap<string, string>;
  /** Variables that the developer sets for local jobs: whatever the template says of them is not looked at. */
  readonly localVariables: ReadonlySet<string>;
}

/** @returns undefined for a function that is no asset of Node's: code within the template, an image, another runtime */
export function readFunction(
  resource: Resource,
  { assets, localVariables }: FunctionSurroundings,
): FunctionModel | undefined {
  const directory = assetOf(resource, assets);
  const isNode = String(resource.get('Runtime') ?? '').startsWith('nodejs');
  if (directory === undefined || !isNode) return undefined;
  const { name } = resource;
  const reservedConcurrency = resource.optionalNumber('ReservedConcurrentExecutions');
  return {
    name,
    directory,
    handler: resource.text('Handler'),
    // Lambda's own defaults.
    timeoutSeconds: seconds(resource.optionalNumber('Timeout') ?? 3),
    memoryMb: resource.optionalNumber('MemorySize') ?? 128,
    environment: readEnvironment(resource, localVariables),
    logGroup: logGroupOf(resource) ?? `/aws/lambda/${name}`,
    ...(reservedConcurrency === undefined ? {} : { reservedConcurrency }),
  };
}

export function readMapping(resource: Resource): MappingModel {
  const scaling = resource.get('ScalingConfig');
  const maximumConcurrency = isObject(scaling) ? scaling.MaximumConcurrency : undefined;
  return {
    functionName: lastPart(resource.text('FunctionName')),
    queueName: lastPart(resource.text('EventSourceArn')),
    batchSize: resource.optionalNumber('BatchSize') ?? 10,
    ...(maximumConcurrency === undefined ? {} : { maximumConcurrency: Number(maximumConcurrency) }),
    reportBatchItemFailures: resource.texts('FunctionResponseTypes').includes('ReportBatchItemFailures'),
    enabled: resource.boolean('Enabled', true),
  };
}

/** Streams and other sources have mappings too. */
export const isQueueMapping = (resource: Resource): boolean =>
  resource.raw('EventSourceArn') !== undefined && resource.text('EventSourceArn').includes(':sqs:');

/** By the object key in the bootstrap bucket, which is the asset's hash; a key of another form is nobody's asset. */
function assetOf(resource: Resource, assets: ReadonlyMap<string, string>): string | undefined {
  const code = resource.raw('Code');
  const key = isObject(code) && code.S3Key !== undefined ? resource.resolve(code.S3Key, 'Code.S3Key') : undefined;
  const hash = /([0-9a-f]{64})\.zip$/.exec(String(key))?.[1];
  return hash === undefined ? undefined : assets.get(hash);
}

function readEnvironment(resource: Resource, localVariables: ReadonlySet<string>): Record<string, string> {
  const environment = resource.raw('Environment');
  const variables = isObject(environment) && isObject(environment.Variables) ? environment.Variables : {};
  return Object.fromEntries(
    Object.entries(variables)
      .filter(([name]) => !localVariables.has(name))
      .map(([name, value]) => [name, readVariable(resource, name, value)])
      .filter(([, value]) => value !== undefined),
  );
}

function readVariable(resource: Resource, name: string, value: unknown): string | undefined {
  const property = `Environment.Variables.${name}`;
  try {
    const resolved = resource.resolve(value, property);
    return resolved === undefined ? undefined : String(resolved);
  } catch (error) {
    if (!(error instanceof UnresolvedPropertyError)) throw error;
    const problem = error.message.slice(error.message.indexOf(': ') + 2);
    throw new UnresolvedPropertyError(error.place, `${problem}; set ${name} for local jobs in .belfry.env`, {
      cause: error,
    });
  }
}

function logGroupOf(resource: Resource): string | undefined {
  const logging = resource.raw('LoggingConfig');
  const name = isObject(logging) ? resource.resolve(logging.LogGroup, 'LoggingConfig.LogGroup') : undefined;
  return typeof name === 'string' ? name : undefined;
}

/** A name, or the one at the end of an ARN. */
const lastPart = (nameOrArn: string): string => nameOrArn.slice(nameOrArn.lastIndexOf(':') + 1);
