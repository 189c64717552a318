import { SECRET_PREFIX } from '../environment.ts';
import { SecretNotGrantedError } from '../job/errors.ts';

export interface SecretsOptions {
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Gets a secret's text by its ARN. */
  readonly fetchSecret?: (arn: string) => Promise<string>;
}

/**
 * `context.secret`: fetched at most once a process, and again after a failure.
 *
 * The variable named for the secret itself, without Belfry's prefix, wins where it is set: on the
 * embedded cloud `.belfry.env` gives secrets their values that way.
 */
export function createSecrets({
  variables,
  fetchSecret = fetchFromSecretsManager,
}: SecretsOptions): (name: string) => Promise<string> {
  const fetched = new Map<string, Promise<string>>();
  return (name) => {
    const known = fetched.get(name);
    if (known !== undefined) return known;

    const secret = read(name, variables, fetchSecret);
    fetched.set(name, secret);
    secret.catch(() => fetched.delete(name));
    return secret;
  };
}

async function read(
  name: string,
  variables: SecretsOptions['variables'],
  fetchSecret: (arn: string) => Promise<string>,
): Promise<string> {
  const arn = variables[`${SECRET_PREFIX}${name}`];
  if (arn === undefined) {
    const granted = Object.keys(variables)
      .filter((key) => key.startsWith(SECRET_PREFIX))
      .map((key) => key.slice(SECRET_PREFIX.length));
    throw new SecretNotGrantedError(
      `the secret "${name}" is not granted; granted: ${granted.join(', ') || 'none'}. In infra/access.ts: belfry.job(…).secret('${name}', …)`,
    );
  }
  return variables[name] ?? fetchSecret(arn);
}

/** The client is loaded by the jobs that use a secret, when they do. */
async function fetchFromSecretsManager(arn: string): Promise<string> {
  const { GetSecretValueCommand, SecretsManagerClient } = await import('@aws-sdk/client-secrets-manager');
  const { SecretString } = await new SecretsManagerClient({}).send(new GetSecretValueCommand({ SecretId: arn }));
  if (SecretString === undefined) throw new Error(`the secret ${arn} holds bytes, not text`);
  return SecretString;
}
