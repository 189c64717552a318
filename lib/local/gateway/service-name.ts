import type { ServiceRequest } from './service.ts';

/** The parts of a request that are known before its body is read. */
export type RequestHead = Pick<ServiceRequest, 'path' | 'query' | 'headers'>;

const targets: ReadonlyMap<string, string> = new Map([
  ['DynamoDB_20120810', 'dynamodb'],
  ['AmazonSQS', 'sqs'],
]);

const paths: readonly (readonly [pattern: RegExp, service: string])[] = [
  [/^\/\d{12}\/[^/]+$/, 'sqs'],
  [/^\/(schedules|schedule-groups)(\/|$)/, 'scheduler'],
];

/** API versions of the query protocol, where neither a signature nor a header names the service. */
const versions: ReadonlyMap<string, string> = new Map([
  ['2010-03-31', 'sns'],
  ['2012-11-05', 'sqs'],
]);

/**
 * The name under which a request is signed, e.g. `dynamodb`: the credential scope says it for every service
 * there is. Unsigned requests are told by their target or path.
 */
export function serviceNameOf({ headers, query, path }: RequestHead): string | undefined {
  const credential = /Credential=([^,\s]+)/.exec(headers.authorization ?? '')?.[1] ?? query.get('X-Amz-Credential');
  const scope = credential?.split('/') ?? [];
  if (scope.at(-1) === 'aws4_request') return scope.at(-2);

  const target = headers['x-amz-target']?.split('.')[0] ?? '';
  return targets.get(target) ?? paths.find(([pattern]) => pattern.test(path))?.[1];
}

/** The service of an unsigned request in the query protocol, e.g. from curl. */
export function serviceNameOfForm(body: Buffer): string | undefined {
  const version = new URLSearchParams(body.toString('latin1')).get('Version');
  return versions.get(version ?? '');
}
