import { CommandError, EXIT } from '../../../lib/cli/shared/exit-codes.ts';
import type { EndpointKind } from '../limits.ts';

/** Who answers at an endpoint. */
export interface Identity {
  readonly kind: EndpointKind;
  /** Name and, where it says so, version. */
  readonly name: string;
}

/** Whose CloudFormation refuses alarms over several metrics: there an app is deployed without them. */
export const REFUSE_METRIC_MATH: ReadonlySet<EndpointKind> = new Set(['ministack']);

/** Who stores schedules and does not fire them: there `belfry tick` does. */
export const NEVER_FIRE: ReadonlySet<EndpointKind> = new Set(['localstack', 'moto']);

/** The address by which each emulator tells who it is. */
const SIGNS: readonly { readonly kind: EndpointKind; readonly name: string; readonly path: string }[] = [
  { kind: 'embedded', name: "Belfry's embedded cloud", path: '/_belfry/health' },
  { kind: 'ministack', name: 'MiniStack', path: '/_ministack/health' },
  { kind: 'localstack', name: 'LocalStack', path: '/_localstack/health' },
  { kind: 'moto', name: "moto's server", path: '/moto-api/data.json' },
];

/**
 * Asks an endpoint who it is. An emulator may answer other emulators' addresses too, so the order counts.
 *
 * @throws CommandError when nobody answers there
 */
export async function identify(endpoint: string): Promise<Identity> {
  for (const { kind, name, path } of SIGNS) {
    const health = await get(new URL(path, endpoint));
    if (health === undefined) continue;
    return { kind, name: typeof health.version === 'string' ? `${name} ${health.version}` : name };
  }
  return { kind: 'other', name: 'an unknown endpoint' };
}

/** What is at an address, if it is JSON. */
async function get(url: URL): Promise<{ readonly version?: unknown } | undefined> {
  let response: Response;
  try {
    // LocalStack loads a service with the first request.
    response = await fetch(url, { signal: AbortSignal.timeout(60_000) });
  } catch (cause) {
    const reason = String((cause as Error).cause ?? cause).replace(/^Error: /, '');
    throw new CommandError(`${url.origin} does not answer: ${reason}`, EXIT.unavailable, { cause });
  }
  const text = await response.text();
  return response.ok && text.startsWith('{') ? JSON.parse(text) : undefined;
}
