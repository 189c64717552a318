import { defaultRegion } from './backends.ts';

/**
 * How an SDK client of this machine talks to the cloud. The credentials are nobody's: with them given, the
 * SDK looks at none that the developer has.
 */
export function localClient(endpoint: string) {
  const credentials = { accessKeyId: 'belfry', secretAccessKey: 'belfry' };
  return { endpoint, region: defaultRegion, credentials } as const;
}
