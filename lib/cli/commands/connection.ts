import { InvalidArgumentError } from 'commander';
import type { Connection } from '../../local/tick/index.ts';

/** Where LocalStack listens. */
export const DEFAULT_ENDPOINT = 'http://127.0.0.1:4566';
const DEFAULT_REGION = 'us-east-1';

/** Of the public partitions, with their dual-stack names. */
const AWS_HOST = /(^|\.)(amazonaws\.(com(\.cn)?|eu)|api\.aws|api\.amazonwebservices\.(com\.cn|eu))\.?$/;

/** The URL of an emulator; AWS's own are refused, since EventBridge fires there. */
export function readEndpoint(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw new InvalidArgumentError(`Allowed is the http or https URL of an emulator: ${DEFAULT_ENDPOINT}.`);
  }
  if (AWS_HOST.test(url.hostname)) {
    throw new InvalidArgumentError(
      'This is AWS, where EventBridge Scheduler fires itself: every due time would be fired twice. Allowed is an emulator.',
    );
  }
  return text;
}

export interface ConnectionOptions {
  readonly endpoint: string;
  readonly region?: string;
}

/**
 * How to call an emulator. The key pair is the shell's if both halves are set, else `test` and `test`, which emulators
 * take; never one of a profile or a file, as it is not meant for an emulator.
 */
export function readConnection({ endpoint, region }: ConnectionOptions, variables: NodeJS.ProcessEnv): Connection {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_DEFAULT_REGION } = variables;
  const credentials =
    AWS_ACCESS_KEY_ID && AWS_SECRET_ACCESS_KEY
      ? { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY }
      : { accessKeyId: 'test', secretAccessKey: 'test' };
  return { endpoint, region: region || AWS_DEFAULT_REGION || DEFAULT_REGION, credentials };
}
