import type { ChannelName } from '../../../job/stages.ts';
import type { Manifest } from '../../../manifest.ts';
import { printable } from './printable.ts';

const NAMES: Readonly<Record<ChannelName, string>> = {
  email: 'e-mail',
  slack: 'Slack',
  teams: 'Teams',
  webhook: 'a webhook',
  pagerDuty: 'PagerDuty',
};

/** Where alerts of the embedded cloud go, and whom the stage names where it is deployed. */
export function describeAlertsHere(manifest: Manifest): string | undefined {
  const { alerts } = manifest;
  if (alerts === undefined) return undefined;
  const here = ['this log', ...alerts.channels.map((name) => NAMES[name])].join(', ');
  return `alerts here: ${here}; ${describeDeployedAlerts(manifest)}`;
}

/** Whom a stage names where it is deployed. Whether an address is confirmed, SNS knows and the app does not. */
export function describeDeployedAlerts({ stage, alerts }: Manifest): string | undefined {
  if (alerts === undefined) return undefined;
  const { email, channels } = alerts.deployed;
  const place = `stage ${stage} as deployed`;
  if (channels.length === 0) {
    return `${place}: infra/stages.ts names no one; add alerts: { email: ['oncall@example.com'] } to the stage, or subscribe to its topic`;
  }
  const named = channels.map((name) => (name === 'email' ? `e-mail to ${printable(email.join(', '))}` : NAMES[name]));
  const unknown = email.length === 0 ? '' : ' (whether the addresses are confirmed is not known here)';
  return `${place}: ${named.join(', ')}${unknown}`;
}
