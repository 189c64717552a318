import { describe, expect, test } from 'vitest';
import { describeAlertsHere, describeDeployedAlerts } from '../../../lib/cli/shared/view/alerts-text.ts';
import type { Manifest, ManifestAlerts } from '../../../lib/manifest.ts';

const manifest = (alerts?: ManifestAlerts): Manifest => ({
  v: 1,
  app: 'shop',
  stage: 'prod',
  jobs: [],
  watchdog: {} as Manifest['watchdog'],
  schedules: [],
  resources: {} as Manifest['resources'],
  ...(alerts === undefined ? {} : { alerts }),
});

describe('the line about who receives alerts', () => {
  test('names the addresses and channels of the stage, and does not claim that addresses are confirmed', () => {
    const deployed = { email: ['a@example.com', 'b@example.com'], channels: ['email', 'slack'] } as const;
    expect(describeDeployedAlerts(manifest({ deployed, channels: [] }))).toBe(
      'stage prod as deployed: e-mail to a@example.com, b@example.com, Slack (whether the addresses are confirmed is not known here)',
    );
  });

  test('says how to name someone where the stage names no one', () => {
    const text = describeAlertsHere(manifest({ deployed: { email: [], channels: [] }, channels: [] }));
    expect(text).toMatch(/^alerts here: this log; stage prod as deployed: infra\/stages.ts names no one; add alerts: /);
  });

  test('names the channels whose secrets this machine has beside the log', () => {
    const deployed = { email: [], channels: ['pagerDuty'] } as const;
    expect(describeAlertsHere(manifest({ deployed, channels: ['teams', 'webhook'] }))).toBe(
      'alerts here: this log, Teams, a webhook; stage prod as deployed: PagerDuty',
    );
  });

  test('says nothing of an assembly that an earlier version wrote', () => {
    expect(describeAlertsHere(manifest())).toBeUndefined();
  });
});
