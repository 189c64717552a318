import { describe, expect, test } from 'vitest';
import { checkAlerts } from '../../lib/app/check-alerts.ts';
import type { AlertSettings } from '../../lib/job/stages.ts';

const HOOK = 'https://hooks.slack.com/services/T0/B0/hunter2';

test('allows every channel', () => {
  const all: Required<AlertSettings> = {
    email: ['a@example.org', 'b@example.org'],
    slack: { url: { ssm: '/shop/prod/slack' } },
    teams: { url: { secretsManager: 'shop/teams' } },
    webhook: { url: { secretsManager: 'shop/hook', field: 'url' }, secret: { ssm: 'hook-secret' } },
    pagerDuty: { routingKey: { ssm: '/shop/pagerduty' }, region: 'eu' },
    eventBridge: { bus: 'orders.v2' },
  };

  expect(checkAlerts(all)).toEqual([]);
  expect(checkAlerts({ eventBridge: {} })).toEqual([]);
});

test.each([
  ['no object', 7, "alerts 7 is not allowed; write { email: ['oncall@example.com'] }"],
  ['an unknown channel', { slak: {} }, 'alerts.slak is not a field; write alerts.slack'],
  [
    'a channel without its secret',
    { slack: {} },
    "alerts.slack.url is missing; write { ssm: '…' } or { secretsManager: '…' }",
  ],
  [
    'a channel that is only switched on',
    { teams: true },
    "alerts.teams true is not allowed; write { url: { ssm: '/myshop/teams' } }",
  ],
  [
    'a misspelt setting',
    { pagerDuty: { routingKey: { ssm: 'x' }, regoin: 'eu' } },
    'alerts.pagerDuty.regoin is not a field; write alerts.pagerDuty.region',
  ],
  [
    'a region that is none',
    { pagerDuty: { routingKey: { ssm: 'x' }, region: 'asia' } },
    'alerts.pagerDuty.region "asia" is not allowed; write us or eu',
  ],
  [
    'a member of every object',
    { pagerDuty: { routingKey: { ssm: 'x' }, region: 'constructor' } },
    'alerts.pagerDuty.region "constructor" is not allowed; write us or eu',
  ],
  [
    'a bus by its ARN',
    { eventBridge: { bus: 'arn:aws:events:eu-north-1:123456789012:event-bus/orders' } },
    "alerts.eventBridge.bus is an ARN; a bus of the same account and region is taken: write its name 'orders'",
  ],
  [
    'an ARN of something else as a bus',
    { eventBridge: { bus: 'arn:aws:events:x:1:b' } },
    "alerts.eventBridge.bus is an ARN; a bus of the same account and region is taken: write the name of one, such as 'orders'",
  ],
  [
    'a parameter by its ARN',
    { slack: { url: { ssm: 'arn:aws:ssm:eu-north-1:123456789012:parameter/myshop/prod/slack' } } },
    "alerts.slack.url.ssm is an ARN; write its name '/myshop/prod/slack'",
  ],
  [
    'a parameter of one part by its ARN',
    { slack: { url: { ssm: 'arn:aws:ssm:eu-north-1:123456789012:parameter/slack' } } },
    "alerts.slack.url.ssm is an ARN; write its name 'slack', or '/slack' if it begins with /",
  ],
  [
    'a secret by its ARN',
    { teams: { url: { secretsManager: 'arn:aws:secretsmanager:eu-north-1:123456789012:secret:myshop/teams-AbC123' } } },
    "alerts.teams.url.secretsManager is an ARN; write its name 'myshop/teams'",
  ],
  [
    'a field that no secret has beside those that it has',
    { teams: { url: { ssm: '/a', key: 'b' } } },
    'alerts.teams.url.key is not a field; allowed are ssm, secretsManager, field',
  ],
  [
    'a field that is there already, misspelt',
    { teams: { url: { ssm: '/a', ssn: 'b' } } },
    'alerts.teams.url.ssn is not a field; allowed are ssm, secretsManager, field',
  ],
  [
    'a routing key, with an example about it',
    { pagerDuty: { routingKey: 'R01' } },
    "alerts.pagerDuty.routingKey is text, which would put a secret into the template and into the repository; keep it on AWS and write where: { ssm: '/myshop/pagerduty' } or { secretsManager: 'myshop/pagerduty' }; if the text was the secret itself, have the service issue another",
  ],
  [
    'a secret of a webhook, with an example about it',
    { webhook: { url: { ssm: 'a' }, secret: 7 } },
    "alerts.webhook.secret 7 is not allowed; write { ssm: '/myshop/webhook-secret' } or { secretsManager: 'myshop/webhook-secret' }",
  ],
  [
    'a list of channels of a kind',
    { slack: [{ url: { ssm: '/a' } }] },
    "alerts.slack is a list; write { url: { ssm: '/myshop/slack' } }",
  ],
  [
    'both kinds of secret',
    { slack: { url: { ssm: 'a', secretsManager: 'b' } } },
    "alerts.slack.url must have either ssm or secretsManager; write { ssm: '/myshop/slack' } or { secretsManager: 'myshop/slack' }",
  ],
  [
    'a field of a parameter',
    { slack: { url: { ssm: 'a', field: 'b' } } },
    'alerts.slack.url.field is for secretsManager only; a parameter of ssm has no fields',
  ],
  [
    'an empty field',
    { slack: { url: { secretsManager: 'a', field: '' } } },
    'alerts.slack.url.field "" is not allowed; write the name of a field of the secret\'s JSON',
  ],
  [
    'a parameter with a space',
    { slack: { url: { ssm: '/my shop' } } },
    'alerts.slack.url.ssm "/my shop" is not allowed; write the name of a parameter, letters, digits and .-_ with / before each part, such as \'/myshop/slack\'',
  ],
])('refuses %s', (_case, alerts, message) => {
  expect(checkAlerts(alerts)).toEqual([message]);
});

describe('a secret in plain text is refused and not printed', () => {
  test.each([
    ['a URL as the channel', { slack: HOOK }],
    ['a URL in place of a reference', { slack: { url: HOOK } }],
    ['a URL as the name of a parameter', { slack: { url: { ssm: HOOK } } }],
    ['a URL as the name of a secret', { teams: { url: { secretsManager: HOOK } } }],
    ['a URL among addresses', { email: [HOOK] }],
    ['a URL in place of addresses', { email: HOOK }],
    ['a URL for all', HOOK],
    ['a URL in a list', { webhook: { url: [HOOK] } }],
    ['a routing key', { pagerDuty: { routingKey: 'hunter2-R0UT1NGK3YR0UT1NGK3Y' } }],
    ['a key as a channel', { pagerDuty: 'hunter2-R0UT1NGK3YR0UT1NGK3Y' }],
  ])('%s', (_case, alerts) => {
    const problems = checkAlerts(alerts);

    expect(problems.length).toBeGreaterThan(0);
    expect(problems.join('\n')).not.toMatch(/hunter2|hooks\.slack/);
  });

  test('the message says where a secret belongs, and that this one is no longer one', () => {
    expect(checkAlerts({ slack: { url: HOOK } })).toEqual([
      "alerts.slack.url is text, which would put a secret into the template and into the repository; keep it on AWS and write where: { ssm: '/myshop/slack' } or { secretsManager: 'myshop/slack' }; if the text was the secret itself, have the service issue another",
    ]);
  });
});

test.each(['/a', '/a/b/c', 'a', 'A.b-c_1'])('takes the parameter %s', (ssm) => {
  expect(checkAlerts({ slack: { url: { ssm } } })).toEqual([]);
});

test.each(['', '/', 'a/', '/a//b', 'a b', 'ä', `/${'x'.repeat(1011)}`, 7])('refuses the parameter %j', (ssm) => {
  expect(checkAlerts({ slack: { url: { ssm } } })).toHaveLength(1);
});

test.each(['a', 'shop/prod+x=1@a.b-c_d'])('takes the secret %s', (secretsManager) => {
  expect(checkAlerts({ slack: { url: { secretsManager } } })).toEqual([]);
});

test.each(['', 'arn:aws:secretsmanager:x:1:secret:a', 'a b', 'x'.repeat(513)])(
  'refuses the secret %j',
  (secretsManager) => {
    expect(checkAlerts({ slack: { url: { secretsManager } } })).toHaveLength(1);
  },
);
