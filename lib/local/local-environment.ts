import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { LOCAL_CHANNELS, RESERVED_PREFIX } from '../environment.ts';
import { BelfryError } from '../errors.ts';

/** The file that sets variables for jobs on this machine, and only there. */
export const ENVIRONMENT_FILE = '.belfry.env';

/** The variables of `.belfry.env`, in dotenv's form; none when there is no such file. */
export async function readLocalEnvironment(projectDirectory: string): Promise<Record<string, string>> {
  try {
    const text = await readFile(join(projectDirectory, ENVIRONMENT_FILE), 'utf8');
    return checkChannels(checkNames(parseEnv(text) as Record<string, string>));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}

/** Variables by which a function finds its own table and queues: another value would have it run elsewhere. */
const RESERVED = new RegExp(`^(${RESERVED_PREFIX}|AWS_LAMBDA_|AWS_ENDPOINT_URL$|AWS_ENDPOINT_URL_(DYNAMODB|SQS|SNS)$)`);

/** The secrets of channels. */
const CHANNEL_VARIABLES: readonly string[] = Object.values(LOCAL_CHANNELS).flatMap((secrets) => Object.values(secrets));
const CHANNEL_PREFIX = `${RESERVED_PREFIX}ALERTS_`;

/** Those of a channel that have a value. */
export const channelVariablesIn = (variables: Readonly<Record<string, string>>): readonly string[] =>
  CHANNEL_VARIABLES.filter((name) => (variables[name] ?? '') !== '');

/** Variables without the secrets of channels, which are no job's business. */
export const withoutChannels = (variables: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(variables).filter(([name]) => !CHANNEL_VARIABLES.includes(name)));

function checkNames(variables: Record<string, string>): Record<string, string> {
  const reserved = Object.keys(variables).filter((name) => RESERVED.test(name) && !CHANNEL_VARIABLES.includes(name));
  if (reserved.length === 0) return variables;
  const misspelt = reserved.find((name) => name.startsWith(CHANNEL_PREFIX));
  if (misspelt !== undefined) {
    throw new LocalEnvironmentError(
      `${ENVIRONMENT_FILE}: ${misspelt} is not read; channels for alerts are ${CHANNEL_VARIABLES.join(', ')}`,
    );
  }
  throw new LocalEnvironmentError(
    `${ENVIRONMENT_FILE}: ${reserved.join(', ')}: the cloud sets this itself; remove it, or use a name of your own`,
  );
}

/** A secret that goes with the address of a channel does nothing without it. */
function checkChannels(variables: Record<string, string>): Record<string, string> {
  const set = new Set(channelVariablesIn(variables));
  for (const [address, ...others] of Object.values(LOCAL_CHANNELS).map((secrets) => Object.values(secrets))) {
    const alone = others.find((name) => set.has(name));
    if (address === undefined || alone === undefined || set.has(address)) continue;
    throw new LocalEnvironmentError(
      `${ENVIRONMENT_FILE}: ${alone} has no use alone: set ${address} to the address that it is for, or remove it`,
    );
  }
  return variables;
}

/** The file sets what is not its to set. */
export class LocalEnvironmentError extends BelfryError {
  override readonly name = 'LocalEnvironmentError';
  readonly code = 'LOCAL_ENVIRONMENT';
}
