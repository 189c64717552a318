import { expect, test } from 'vitest';
import { InvalidAppError } from '../../lib/app/check-report.ts';
import { checkStages } from '../../lib/app/check-stages.ts';
import { STAGES } from '../support/stages.ts';

const messageFor = (stages: unknown, wanted = 'dev'): string => {
  try {
    checkStages(stages, wanted);
  } catch (error) {
    if (error instanceof InvalidAppError) return error.message;
    throw error;
  }
  return 'allowed';
};

test('gives the settings of the stage that is wanted', () => {
  expect(checkStages(STAGES, 'prod')).toBe(STAGES.prod);
});

test('allows every setting', () => {
  const all = {
    isProtected: true,
    alerts: { email: ['a@example.org', 'b@example.org'] },
    account: '001122223333',
    region: 'us-gov-west-1',
    logRetention: '1 day',
    metrics: { durations: true },
    dashboard: true,
    alertKey: 'arn:aws-us-gov:kms:us-gov-west-1:001122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab',
  };

  expect(messageFor({ dev: all })).toBe('allowed');
});

test.each([
  ['prd', 'stage "prd" is not listed in infra/stages.ts; listed are: dev, test, prod; did you mean "prod"?'],
  [
    'production',
    'stage "production" is not listed in infra/stages.ts; listed are: dev, test, prod; give one of them, or add it to the list',
  ],
  [
    'constructor',
    'stage "constructor" is not listed in infra/stages.ts; listed are: dev, test, prod; give one of them, or add it to the list',
  ],
])('refuses the stage %s, which is not listed', (wanted, message) => {
  expect(messageFor(STAGES, wanted)).toBe(message);
});

test.each([
  [
    'no list',
    undefined,
    'infra/stages.ts: it exports no stages; write export const stages: Stages = { dev: {}, prod: { isProtected: true } }',
  ],
  [
    'a list of names',
    ['dev'],
    'infra/stages.ts: it exports no stages; write export const stages: Stages = { dev: {}, prod: { isProtected: true } }',
  ],
  ['no settings', { dev: true }, 'infra/stages.ts: stage "dev": true is not allowed; write {}'],
  [
    'a name with a hyphen',
    { dev: {}, 'dev-reports': {} },
    'infra/stages.ts: stage "dev-reports": allowed are lower-case letters and digits, first a letter, at most 12 characters, such as "devreports"; rename it\n                           ^',
  ],
  [
    'a setting that is misspelt',
    { dev: { isProtectd: true } },
    'infra/stages.ts: stage "dev": isProtectd is not a field; write isProtected',
  ],
  [
    'protection as text',
    { dev: { isProtected: 'yes' } },
    'infra/stages.ts: stage "dev": isProtected "yes" is not allowed; write true or false',
  ],
  [
    'an account as a number',
    { dev: { account: 12345678901 } },
    'infra/stages.ts: stage "dev": account 12345678901 is not allowed; write its 12 digits, as text, in quotes: a number loses its first 0',
  ],
  [
    'a short account',
    { dev: { account: '12' } },
    `infra/stages.ts: stage "dev": account "12" is not allowed; write its 12 digits, such as '012345678901'`,
  ],
  [
    'a region that is none',
    { dev: { region: 'mars' } },
    `infra/stages.ts: stage "dev": region "mars" is not allowed; write one such as 'eu-north-1'`,
  ],
  [
    'an address without a domain',
    { dev: { alerts: { email: ['nobody'] } } },
    'infra/stages.ts: stage "dev": alerts.email "nobody" is not an address of the form oncall@example.com',
  ],
  [
    'an address that is not text',
    { dev: { alerts: { email: [7] } } },
    'infra/stages.ts: stage "dev": alerts.email 7 is not an address of the form oncall@example.com',
  ],
  [
    'an address in place of a list',
    { dev: { alerts: { email: 'a@b.org' } } },
    `infra/stages.ts: stage "dev": alerts.email "a@b.org" is not a list; write ['oncall@example.com']`,
  ],
  [
    'an address twice',
    { dev: { alerts: { email: ['a@b.org', 'a@b.org'] } } },
    'infra/stages.ts: stage "dev": alerts.email "a@b.org" is listed twice; remove one',
  ],
  [
    'an unknown channel',
    { dev: { alerts: { mail: [] } } },
    'infra/stages.ts: stage "dev": alerts.mail is not a field; write alerts.email',
  ],
  [
    'log lines for ever',
    { dev: { logRetention: 'forever' } },
    `infra/stages.ts: stage "dev": logRetention "forever" is not allowed; write 1 day to 3653 days, as a number and a unit, such as '90 days'`,
  ],
  [
    'an alias in place of a key',
    { dev: { alertKey: 'arn:aws:kms:eu-north-1:111122223333:alias/alerts' } },
    `infra/stages.ts: stage "dev": alertKey "arn:aws:kms:eu-north-1:111122223333:alias/alerts" is not allowed; write the ARN of a key, 'arn:aws:kms:<region>:<account>:key/<id>': IAM policies name keys, not aliases`,
  ],
  [
    'the id of a key',
    { dev: { alertKey: '1234abcd-12ab-34cd-56ef-1234567890ab' } },
    `infra/stages.ts: stage "dev": alertKey "1234abcd-12ab-34cd-56ef-1234567890ab" is not allowed; write the ARN of a key, 'arn:aws:kms:<region>:<account>:key/<id>'`,
  ],
  [
    'a key of another region',
    { dev: { region: 'eu-west-1', alertKey: 'arn:aws:kms:eu-north-1:111122223333:key/1234abcd' } },
    `infra/stages.ts: stage "dev": alertKey is in eu-north-1, and the stage in "eu-west-1"; write the ARN of a key in the stage's region`,
  ],
  [
    'a dashboard by its name',
    { dev: { dashboard: 'jobs' } },
    'infra/stages.ts: stage "dev": dashboard "jobs" is not allowed; write true or false',
  ],
  [
    'metrics as a word',
    { dev: { metrics: true } },
    'infra/stages.ts: stage "dev": metrics true is not allowed; write { durations: true }',
  ],
  [
    'metrics that are misspelt',
    { dev: { metrics: { duration: true } } },
    'infra/stages.ts: stage "dev": metrics.duration is not a field; write metrics.durations',
  ],
  [
    'metrics of durations as text',
    { dev: { metrics: { durations: 'yes' } } },
    'infra/stages.ts: stage "dev": metrics.durations "yes" is not allowed; write true or false',
  ],
])('refuses %s', (_case, stages, message) => {
  expect(messageFor(stages)).toBe(message);
});

test('names everything that is wrong at once', () => {
  expect(messageFor({ dev: { account: 1, region: 2 }, prod: 3 }).split('\n')).toHaveLength(3);
});

test.each(['ops@example.com', 'on-call+belfry@team.example.co.uk', "o'neil@x1.example", 'a@b.museum'])(
  'takes the address %s',
  (address) => {
    expect(messageFor({ dev: { alerts: { email: [address] } } })).toBe('allowed');
  },
);

test.each([
  'nobody',
  'ops@example',
  '@example.com',
  'ops@',
  'ops @example.com',
  'Ops <ops@example.com>',
  'a@example.com,b@example.com',
  'ops..x@example.com',
  '.ops@example.com',
  'ops@-example.com',
  'ops@example..com',
  'ops@exämple.com',
  '',
  `${'x'.repeat(65)}@example.com`,
  `ops@${'x'.repeat(64)}.com`,
  `ops@${'x.'.repeat(130)}com`,
])('refuses the address %j', (address) => {
  expect(messageFor({ dev: { alerts: { email: [address] } } })).toContain(
    'is not an address of the form oncall@example.com',
  );
});
