import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LOCAL_CHANNELS } from '../../lib/environment.ts';
import type { AlertSettings } from '../../lib/job/stages.ts';
import { LOCAL_CHANNELS_CONTEXT, LOCAL_CONTEXT, MANIFEST_FILE, type Manifest } from '../../lib/manifest.ts';
import { synth } from './support.ts';

type Context = Readonly<Record<string, unknown>>;

/** The text of the manifest of a stage with these channels. */
function manifestOf(alerts?: AlertSettings, context: Context = {}): string {
  const { outdir } = synth({ stages: { dev: alerts === undefined ? {} : { alerts } } }, () => {}, context);
  return readFileSync(join(outdir, MANIFEST_FILE), 'utf8');
}

const alertsOf = (text: string): Manifest['alerts'] => (JSON.parse(text) as Manifest).alerts;

const ALL: AlertSettings = {
  email: ['a@example.org', 'b@example.org'],
  slack: { url: { ssm: '/secret/slack' } },
  teams: { url: { secretsManager: 'secret/teams', field: 'secretField' } },
  webhook: { url: { ssm: '/secret/hook' }, secret: { secretsManager: 'secret/hook' } },
  pagerDuty: { routingKey: { ssm: '/secret/pager' }, region: 'eu' },
  eventBridge: { bus: 'orders' },
};

describe('the manifest says who is to receive alerts', () => {
  test('of a stage with channels: its addresses, and the names of the others', () => {
    const channels = ['email', 'slack', 'teams', 'webhook', 'pagerDuty'];

    expect(alertsOf(manifestOf(ALL))).toEqual({ deployed: { email: ALL.email, channels }, channels });
  });

  test('of a stage without, or with a list that has no addresses: no one', () => {
    const noOne = { deployed: { email: [], channels: [] }, channels: [] };

    expect(alertsOf(manifestOf())).toEqual(noOne);
    expect(alertsOf(manifestOf({ email: [] }))).toEqual(noOne);
    expect(alertsOf(manifestOf({ eventBridge: {} }))).toEqual(noOne);
  });

  test('on this machine: those of the stage as deployed, beside those whose secrets are here', () => {
    const context = { [LOCAL_CONTEXT]: true, [LOCAL_CHANNELS_CONTEXT]: [LOCAL_CHANNELS.slack.url] };

    expect(alertsOf(manifestOf({ email: ['a@example.org'] }, context))).toEqual({
      deployed: { email: ['a@example.org'], channels: ['email'] },
      channels: ['slack'],
    });
  });

  test('and names no secret, nor where one is kept', () => {
    expect(manifestOf(ALL)).not.toMatch(/secret/i);
  });
});
