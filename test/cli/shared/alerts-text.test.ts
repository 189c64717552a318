import { describe, expect, test } from 'vitest';
import {
  describeAlertsHere,
  describeDeployedAlerts,
  type Listeners,
} from '../../../lib/cli/shared/view/alerts-text.ts';
import type { Manifest, ManifestAlerts } from '../../../lib/manifest.ts';
import { epochMs } from '../../../lib/units.ts';

const manifest = (alerts?: ManifestAlerts): Manifest => ({
  v: 1,
  app: 'shop',
  stage: 'prod',
  jobs: [],
  watchdog: {} as Manifest['watchdog'],
  schedules: [],
  resources: { alertTopic: 'shop-prod-alerts' } as Manifest['resources'],
  ...(alerts === undefined ? {} : { alerts }),
});

const TWO = { email: ['a@example.com', 'b@example.com'], channels: ['email', 'slack'] } as const;
const NO_ONE = { email: [], channels: [] } as const;
const ASKS = 'not known here; belfry next --stage prod --region <region> asks on AWS';

const deployed = (alerts: ManifestAlerts['deployed'], listeners: Listeners) =>
  describeDeployedAlerts(manifest({ deployed: alerts, channels: [] }), listeners, NOW);

const NOW = epochMs(Date.parse('2027-03-02T03:12:00Z'));
const counted = (confirmed: number, pending: number): Listeners => ({
  confirmed,
  pending,
  at: epochMs(Date.parse('2027-03-02T03:00:00Z')),
});

describe('the line about who receives alerts', () => {
  test('names the addresses and channels of the stage, and does not claim that addresses are confirmed', () => {
    expect(deployed(TWO, 'not-asked')).toBe(
      `stage prod when deployed: e-mail to a@example.com, b@example.com, Slack; 2 addresses, how many are confirmed: ${ASKS}`,
    );
    expect(deployed(TWO, 'unknown')).toMatch(
      /2 addresses, how many are confirmed: its watchdog has not found out yet$/,
    );
  });

  test('says how to name someone where the stage names no one', () => {
    const text = describeAlertsHere(manifest({ deployed: NO_ONE, channels: [] }));
    expect(text).toMatch(/^alerts here: this log; stage prod when deployed: no one is named; add alerts: /);
    expect(text).toContain(`or subscribe to its topic shop-prod-alerts; who is subscribed: ${ASKS}`);
  });

  test('names the channels whose secrets this machine has beside the log', () => {
    const pager = { email: [], channels: ['pagerDuty'] } as const;
    expect(describeAlertsHere(manifest({ deployed: pager, channels: ['teams', 'webhook'] }))).toBe(
      'alerts here: this log, Teams, a webhook; stage prod when deployed: PagerDuty',
    );
  });

  test('says nothing of an assembly that an earlier version wrote', () => {
    expect(describeAlertsHere(manifest())).toBeUndefined();
  });

  test('shows no control characters of an address', () => {
    const text = deployed({ email: ['a\u001b[31m@example.com'], channels: ['email'] }, 'not-asked');
    expect(text).not.toContain('\u001b');
  });
});

describe('the count of confirmed addresses', () => {
  test.each<[string, Listeners, RegExp]>([
    [
      'none',
      counted(0, 2),
      /2 addresses, 0 confirmed and 2 pending as of 2027-03-02T03:00Z \(12 minutes ago\): no mail reaches anyone; confirm by the link/,
    ],
    ['none, deleted', counted(0, 0), /2 addresses, 0 confirmed as of 2027-03-02T03:00Z .*: no mail reaches anyone/],
    ['some', counted(1, 1), /1 confirmed and 1 pending as of .*: mails reach those that have confirmed; confirm by/],
    [
      'fewer than there are',
      counted(1, 0),
      /1 confirmed as of .*: mails reach those that have confirmed; subscribe the address once more/,
    ],
    ['all', counted(2, 0), /2 addresses, 2 confirmed as of 2027-03-02T03:00Z \(12 minutes ago\)$/],
  ])('comes with its time, and with what to do: %s', (_what, listeners, expected) => {
    expect(deployed(TWO, listeners)).toMatch(expected);
  });

  test('tells a stage that names no one whether anyone has subscribed to its topic', () => {
    expect(deployed(NO_ONE, counted(0, 0))).toMatch(
      /no one is named; its topic shop-prod-alerts has no confirmed subscription as of .*: no one hears of failures; add alerts: /,
    );
    expect(deployed(NO_ONE, counted(2, 0))).toBe(
      'stage prod when deployed: no one is named; its topic shop-prod-alerts has 2 confirmed subscriptions as of 2027-03-02T03:00Z (12 minutes ago), and alerts go there',
    );
  });

  test('is no matter of a stage without addresses: what it counts there is the subscription of its own function', () => {
    expect(deployed({ email: [], channels: ['slack'] }, counted(1, 0))).toBe('stage prod when deployed: Slack');
  });
});
