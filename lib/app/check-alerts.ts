import * as z from 'zod/mini';
import type { AlertSettings, PagerDutyRegion } from '../job/stages.ts';
import { checkFields, isObject } from './check-fields.ts';
import { quoteValue } from './check-report.ts';

type Settings = Readonly<Record<string, unknown>>;
type Check = (value: unknown, place: string) => readonly string[];

/** What is wrong with the `alerts` of a stage. Of a value that may be a secret in plain text nothing is printed. */
export function checkAlerts(alerts: unknown): readonly string[] {
  if (!isObject(alerts)) {
    return [`${refuse('alerts', alerts)}; write { email: ['oncall@example.com'] }`];
  }
  return checkEach(alerts, CHANNEL_CHECKS, 'alerts');
}

const CHANNEL_CHECKS: Readonly<Record<keyof AlertSettings, Check>> = {
  email: checkAddresses,
  slack: channel({ url: checkReference }, ['url']),
  teams: channel({ url: checkReference }, ['url']),
  webhook: channel({ url: checkReference, secret: checkReference }, ['url']),
  pagerDuty: channel({ routingKey: checkReference, region: checkRegion }, ['routingKey']),
  eventBridge: channel({ bus: checkBus }, []),
};

/** The check of a channel's settings. @param required those that it cannot do without */
function channel(checks: Readonly<Record<string, Check>>, required: readonly string[]): Check {
  return (value, place) => {
    const fields = required.map((name) => ` ${name}: { ssm: '${exampleName(`${place}.${name}`)}' } `);
    if (!isObject(value)) return [`${refuse(place, value)}; write {${fields.join('')}}`];
    const missing = required.filter((name) => value[name] === undefined);
    return [
      ...checkEach(value, checks, place),
      ...missing.map((name) => `${place}.${name} is missing; write { ssm: '…' } or { secretsManager: '…' }`),
    ];
  };
}

function checkEach(value: Settings, checks: Readonly<Record<string, Check>>, place: string): readonly string[] {
  return [
    ...checkFields(value, Object.keys(checks), `${place}.`),
    ...Object.entries(checks).flatMap(([name, check]) =>
      value[name] === undefined ? [] : check(value[name], `${place}.${name}`),
    ),
  ];
}

/** The name of a secret, after the channel that it is of. */
const exampleName = (place: string): string =>
  `/myshop/${place.split('.')[1]?.toLowerCase()}${/\.secret(\.|$)/.test(place) ? '-secret' : ''}`;

const referenceForms = (place: string): string =>
  `{ ssm: '${exampleName(place)}' } or { secretsManager: '${exampleName(place).slice(1)}' }`;

const REFERENCE_FIELDS = ['ssm', 'secretsManager', 'field'];

/**
 * What the services take as names, which leaves out URLs: of a longer name that is an ARN neither region nor account would be checked.
 * https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html
 */
const NAMES = {
  ssm: /^(\/[\w.-]+){1,15}$|^[\w.-]+$/,
  secretsManager: /^(?!.*:\/\/)[\w/+=.@-]{1,512}$/,
} as const;

function checkReference(value: unknown, place: string): readonly string[] {
  const forms = referenceForms(place);
  if (typeof value === 'string') {
    return [
      `${place} is text, which would put a secret into the template and into the repository; keep it on AWS and write where: ${forms}; if the text was the secret itself, have the service issue another`,
    ];
  }
  if (!isObject(value)) return [`${refuse(place, value)}; write ${forms}`];
  const unknown = checkFields(value, REFERENCE_FIELDS, `${place}.`);
  if (unknown.length > 0) return unknown;
  const { ssm, secretsManager, field } = value;
  if ((ssm === undefined) === (secretsManager === undefined)) {
    return [`${place} must have either ssm or secretsManager; write ${forms}`];
  }
  if (ssm !== undefined && field !== undefined) {
    return [`${place}.field is for secretsManager only; a parameter of ssm has no fields`];
  }
  return [
    ...(ssm === undefined ? [] : checkName('ssm', ssm, `${place}.ssm`)),
    ...(secretsManager === undefined ? [] : checkName('secretsManager', secretsManager, `${place}.secretsManager`)),
    ...(field === undefined || (typeof field === 'string' && field !== '')
      ? []
      : [`${refuse(`${place}.field`, field)}; write the name of a field of the secret's JSON`]),
  ];
}

function checkName(kind: keyof typeof NAMES, name: unknown, place: string): readonly string[] {
  if (typeof name === 'string' && name.length <= 1011 && NAMES[kind].test(name)) return [];
  const example = exampleName(place);
  const allowed = {
    ssm: `the name of a parameter, letters, digits and .-_ with / before each part, such as '${example}'`,
    secretsManager: `the name of a secret, letters, digits and /_+=.@-, such as '${example.slice(1)}', not its ARN`,
  };
  return [`${refuse(place, name)}; write ${nameInArn(kind, name) ?? allowed[kind]}`];
}

/**
 * How each service's ARN ends in a name. In an ARN a parameter's first / cannot be told from none, and a secret's name has six random
 * characters behind it.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html
 */
const ARNS = {
  ssm: /^arn:aws[a-z-]*:ssm:[^:]*:[^:]*:parameter\/([\w./-]+)$/,
  secretsManager: /^arn:aws[a-z-]*:secretsmanager:[^:]*:[^:]*:secret:([\w/+=.@-]+?)(?:-[A-Za-z0-9]{6})?$/,
  bus: /^arn:aws[a-z-]*:events:[^:]*:[^:]*:event-bus\/([\w.-]+)$/,
} as const;

/** The name to write in place of an ARN, in quotes; undefined for what is not the ARN of such a thing. */
function nameInArn(kind: keyof typeof ARNS, value: unknown): string | undefined {
  const name = typeof value === 'string' ? ARNS[kind].exec(value)?.[1] : undefined;
  if (name === undefined) return undefined;
  if (kind !== 'ssm') return `its name '${name}'`;
  return name.includes('/') ? `its name '/${name}'` : `its name '${name}', or '/${name}' if it begins with /`;
}

const REGIONS: Readonly<Record<PagerDutyRegion, true>> = { us: true, eu: true };

function checkRegion(value: unknown, place: string): readonly string[] {
  if (typeof value === 'string' && Object.hasOwn(REGIONS, value)) return [];
  return [`${refuse(place, value)}; write ${Object.keys(REGIONS).join(' or ')}`];
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateEventBus.html */
const BUS = /^[\w.-]{1,256}$/;

function checkBus(value: unknown, place: string): readonly string[] {
  if (typeof value === 'string' && BUS.test(value)) return [];
  const name = nameInArn('bus', value) ?? "the name of one, such as 'orders'";
  return [`${refuse(place, value)}; a bus of the same account and region is taken: write ${name}`];
}

/** An ARN is no secret: what to write is in it. */
function refuse(place: string, value: unknown): string {
  if (typeof value === 'string' && value.startsWith('arn:')) return `${place} is an ARN`;
  if (Array.isArray(value)) return `${place} is a list`;
  return `${place} ${describeValue(value)} is not allowed`;
}

/** A short word is a mistake in writing; a longer text, and each address of a page, may be a secret. */
const describeValue = (value: unknown, max = 20): string =>
  typeof value === 'string' && (value.length > max || value.includes('://')) ? '(not shown)' : quoteValue(value);

const MAX_ADDRESS = 254;

function checkAddresses(addresses: unknown): readonly string[] {
  if (!Array.isArray(addresses)) {
    return [`alerts.email ${describeValue(addresses, MAX_ADDRESS)} is not a list; write ['oncall@example.com']`];
  }
  const twice = addresses.filter((address, index) => addresses.indexOf(address) !== index);
  return [
    ...addresses
      .filter((address) => !ADDRESS.safeParse(address).success)
      .map(
        (address) =>
          `alerts.email ${describeValue(address, MAX_ADDRESS)} is not an address of the form oncall@example.com`,
      ),
    ...new Set(twice.map((address) => `alerts.email ${quoteValue(address)} is listed twice; remove one`)),
  ];
}

/** With the lengths of RFC 5321, 4.5.3.1: SNS refuses others only in the middle of a deployment. */
const ADDRESS = z.email().check(z.maxLength(MAX_ADDRESS), z.regex(/^[^@]{1,64}@([^.]{1,63}\.)+[^.]{1,63}$/));
