import type { SecretReference } from '../job/stages.ts';
import { type EpochMs, MINUTE, milliseconds } from '../units.ts';
import { SDK_OPTIONS } from './sdk-options.ts';

/** A secret that was replaced is read anew after this. */
const KEPT = milliseconds(5 * MINUTE);

export interface ChannelSecretsOptions {
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly now: () => EpochMs;
  /** @default from Systems Manager and Secrets Manager */
  readonly fetchSecret?: (reference: SecretReference) => Promise<string>;
}

/** Reads secrets of channels. A variable of the name given wins: the embedded cloud sets it from `.belfry.env`. */
export function createChannelSecrets({ variables, now, fetchSecret = fetchFromAws }: ChannelSecretsOptions) {
  const known = new Map<string, { readonly value: string; readonly at: EpochMs }>();
  return async (reference: SecretReference, variable: string): Promise<string> => {
    const local = variables[variable];
    if (local !== undefined) return local;
    const key = JSON.stringify(reference);
    const kept = known.get(key);
    if (kept !== undefined && now() - kept.at < KEPT) return kept.value;
    const value = await fetchSecret(reference);
    known.set(key, { value, at: now() });
    return value;
  };
}

/** The clients are loaded when there is something to send. */
async function fetchFromAws(reference: SecretReference): Promise<string> {
  if ('ssm' in reference) {
    const { GetParameterCommand, SSMClient } = await import('@aws-sdk/client-ssm');
    const { Parameter } = await new SSMClient(SDK_OPTIONS).send(
      new GetParameterCommand({ Name: reference.ssm, WithDecryption: true }),
    );
    return textOf(Parameter?.Value);
  }
  const { GetSecretValueCommand, SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
  const { SecretString } = await new SecretsManagerClient(SDK_OPTIONS).send(
    new GetSecretValueCommand({ SecretId: reference.secretsManager }),
  );
  const { field } = reference;
  return textOf(field === undefined ? SecretString : fieldOf(SecretString ?? '', field));
}

function fieldOf(json: string, field: string): unknown {
  try {
    return Object.getOwnPropertyDescriptor(JSON.parse(json), field)?.value;
  } catch {
    // The parser's message would quote the secret.
    return undefined;
  }
}

/** @throws Error without the value */
function textOf(value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw Object.assign(new Error('the secret has no text there'), { name: 'SecretIsEmptyError' });
}
