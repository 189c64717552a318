import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { LOCAL_CHANNELS, RESERVED_PREFIX } from '../environment.ts';
import { BelfryError } from '../errors.ts';
import { type AddressProblem, problemOfAddress } from '../post-address.ts';
import { readEnvironmentLines } from './environment-lines.ts';

/** The file that sets variables for jobs on this machine, and only there. */
export const ENVIRONMENT_FILE = '.belfry.env';

/**
 * The variables of `.belfry.env`, in dotenv's form; none when there is no such file.
 *
 * @throws LocalEnvironmentError with everything that is wrong, by line and name: a value may be a secret, and so may a line that
 * sets nothing
 */
export async function readLocalEnvironment(projectDirectory: string): Promise<Record<string, string>> {
  try {
    const text = (await readFile(join(projectDirectory, ENVIRONMENT_FILE), 'utf8')).replace(/^\uFEFF/, '');
    checkLines(text);
    // Without a line's end Node's parser drops a last value whose quotes are not closed.
    const variables = parseEnv(`${text}\n`) as Record<string, string>;
    const problems = [...checkNames(variables), ...checkChannels(variables)];
    if (problems.length > 0) throw new LocalEnvironmentError(placed(problems, text));
    return variables;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
}

/** What is wrong with a variable. */
interface Problem {
  readonly name: string;
  readonly text: string;
}

/** A line that is not understood may take the variables below it away. */
function checkLines(text: string): void {
  const unread = readEnvironmentLines(text).filter(({ name }) => name === undefined);
  if (unread.length === 0) return;
  throw new LocalEnvironmentError(
    unread.map(
      ({ line }) =>
        `${ENVIRONMENT_FILE}:${line}: the line (not shown) sets no variable; write NAME=value, begin a comment with #, or remove it`,
    ),
  );
}

/** Where a name is set twice, its last value is taken. */
function placed(problems: readonly Problem[], text: string): readonly string[] {
  const lines = new Map(readEnvironmentLines(text).map(({ name, line }) => [name, line]));
  return problems.map((problem) => `${ENVIRONMENT_FILE}:${lines.get(problem.name) ?? '?'}: ${problem.text}`);
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

function checkNames(variables: Variables): readonly Problem[] {
  const reserved = Object.keys(variables).filter((name) => RESERVED.test(name) && !CHANNEL_VARIABLES.includes(name));
  return reserved.map((name) => ({
    name,
    text: name.startsWith(CHANNEL_PREFIX)
      ? `${name} is not read; channels for alerts are ${CHANNEL_VARIABLES.join(', ')}`
      : `${name}: the cloud sets this itself; remove it, or use a name of your own`,
  }));
}

/** Secrets of channels that no alert could be sent with: it would be lost, and so would the failure that it is about. */
function checkChannels(variables: Variables): readonly Problem[] {
  return Object.values(LOCAL_CHANNELS).flatMap((secrets) => {
    const alone = checkAlone(variables, Object.values(secrets));
    if (alone.length > 0) return alone;
    return Object.entries(secrets).flatMap(([field, name]) => {
      const value = variables[name];
      const text = value === undefined ? undefined : CHECKS[field as SecretField](value.trim());
      return text === undefined ? [] : [{ name, text: `${name} ${text}` }];
    });
  });
}

/** A secret that goes with the address of a channel does nothing without it. */
function checkAlone(variables: Variables, [address = '', ...others]: readonly string[]): readonly Problem[] {
  const set = new Set(channelVariablesIn(variables));
  const name = others.find((each) => set.has(each));
  if (name === undefined || set.has(address)) return [];
  const cure = `set ${address} to the address that it is for, or remove it`;
  return [{ name, text: `${name} has no use alone: ${cure}` }];
}

type Secrets = (typeof LOCAL_CHANNELS)[keyof typeof LOCAL_CHANNELS];
/** `url`, `secret` and what else channels have. */
type SecretField<Each = Secrets> = Each extends Secrets ? keyof Each : never;

/** What is wrong with a secret, without it; undefined where nothing is. */
const CHECKS: Readonly<Record<SecretField, (value: string) => string | undefined>> = {
  url(value) {
    if (value === '') return describeEmpty('a URL that begins with https://');
    const problem = problemOfAddress(value);
    return (
      problem &&
      `${ADDRESS_PROBLEMS[problem]}; write https://…, or http:// for an address of this machine, as in http://127.0.0.1:9000/`
    );
  },
  secret: (value) => (value === '' ? describeEmpty('the text that requests are signed with') : undefined),
  routingKey(value) {
    const key = 'the key of an integration "Events API v2", letters and digits';
    if (value === '') return describeEmpty(key);
    return /^[A-Za-z0-9_-]+$/.test(value) ? undefined : `(not shown) is not a key of PagerDuty; write ${key}`;
  },
};

const ADDRESS_PROBLEMS: Readonly<Record<AddressProblem, string>> = {
  'no-url': '(not shown) is not a URL',
  'no-https': '(not shown) is not an address that alerts are sent to',
};

const describeEmpty = (allowed: string): string => `has no value; write ${allowed}, or remove the line`;

type Variables = Readonly<Record<string, string>>;

/** The file sets what is not its to set, or what has no use. */
export class LocalEnvironmentError extends BelfryError {
  override readonly name = 'LocalEnvironmentError';
  readonly code = 'LOCAL_ENVIRONMENT';

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
  }
}
