import { InvalidArgumentError, Option } from 'commander';
import type { Connection } from '../../emulators/index.ts';

/** Where LocalStack listens. */
const DEFAULT_ENDPOINT = 'http://127.0.0.1:4566';
export const DEFAULT_REGION = 'us-east-1';

/** Of the public partitions, with their dual-stack names. */
export const AWS_HOST = /(^|\.)(amazonaws\.(com(\.cn)?|eu)|api\.aws|api\.amazonwebservices\.(com\.cn|eu))\.?$/;

/** The URL of an emulator; AWS's own are refused, since EventBridge would fire there a second time. */
export function readEndpoint(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw new InvalidArgumentError(`Allowed is the http or https URL of an emulator: ${DEFAULT_ENDPOINT}.`);
  }
  if (AWS_HOST.test(url.hostname)) {
    throw new InvalidArgumentError(
      'This is AWS, where everything is deployed and fired without this command. Allowed is an emulator.',
    );
  }
  if (url.pathname !== '/') throw new InvalidArgumentError(`Allowed is a URL without a path: ${url.origin}.`);
  return text;
}

/** Nobody's; every emulator takes it. */
export const EMULATOR_CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' } as const;

export interface ConnectionOptions {
  readonly endpoint: string;
  readonly region: string;
}

/**
 * How to call an emulator: with a key pair that is nobody's, which every emulator takes. The developer's own is not
 * meant for one, and neither is a region of the shell's: what deploys to an emulator must meet what fires there.
 */
export const emulatorConnection = (options: ConnectionOptions): Connection => ({
  ...options,
  credentials: EMULATOR_CREDENTIALS,
});

/** `--endpoint`, else `AWS_ENDPOINT_URL`, else where LocalStack listens. */
export const endpointOption = (description: string): Option =>
  new Option('--endpoint <url>', description).argParser(readEndpoint).env('AWS_ENDPOINT_URL').default(DEFAULT_ENDPOINT);
