import { STAGES_FILE } from '../../../app/check-stages.ts';
import type { ChannelName } from '../../../job/stages.ts';
import type { Manifest, ManifestAlerts } from '../../../manifest.ts';
import type { EpochMs } from '../../../units.ts';
import { printable } from './printable.ts';
import { distance, utcMinute } from './times.ts';

/** Who is subscribed to the topic that people are subscribed to. */
export type Listeners =
  /** Only a deployment's watchdog knows. */
  | 'not-asked'
  /** Its watchdog has had no answer from SNS yet. */
  | 'unknown'
  /** What SNS answered, and when. */
  | { readonly confirmed: number; readonly pending: number; readonly at: EpochMs };

const NAMES: Readonly<Record<ChannelName, string>> = {
  email: 'e-mail',
  slack: 'Slack',
  teams: 'Teams',
  webhook: 'a webhook',
  pagerDuty: 'PagerDuty',
};

const ADD = `add alerts: { email: ['oncall@example.com'] } to the stage, which ${STAGES_FILE} is for`;
const CONFIRM = 'confirm by the link in the mail from AWS, as docs/operating.md says';
/** SNS deletes what is not confirmed within 48 hours. */
const SUBSCRIBE = 'subscribe the address once more, and confirm it, as docs/operating.md says';

/** Where alerts of the embedded cloud go, and whom the stage names where it is deployed. */
export function describeAlertsHere(manifest: Manifest): string | undefined {
  const { alerts } = manifest;
  if (alerts === undefined) return undefined;
  const here = ['this log', ...alerts.channels.map((name) => NAMES[name])].join(', ');
  return `alerts here: ${here}; ${describeDeployedAlerts(manifest, 'not-asked')}`;
}

/** Whom a stage names where it is deployed, and how many of them alerts reach, as far as that is known. */
export function describeDeployedAlerts(
  { stage, alerts, resources }: Manifest,
  listeners: Listeners,
  now?: EpochMs,
): string | undefined {
  if (alerts === undefined) return undefined;
  const { email, channels } = alerts.deployed;
  const counted = typeof listeners === 'string' ? undefined : { ...listeners, asOf: asOf(listeners.at, now) };
  const unknown =
    listeners === 'unknown'
      ? 'its watchdog has not found out yet'
      : `not known here; belfry next --stage ${stage} --region <region> asks on AWS`;
  const place = `stage ${stage} when deployed`;
  if (channels.length === 0) {
    return `${place}: no one is named; ${describeTopic(resources.alertTopic, counted, unknown)}`;
  }
  const named = `${place}: ${nameChannels(alerts.deployed)}`;
  if (email.length === 0) return named;
  const addresses = plural(email.length, 'address', 'addresses');
  return counted === undefined
    ? `${named}; ${addresses}, how many are confirmed: ${unknown}`
    : `${named}; ${addresses}, ${describeMails(email.length, counted)}`;
}

type Counted = Exclude<Listeners, string> & { readonly asOf: string };

const nameChannels = ({ email, channels }: ManifestAlerts['deployed']): string =>
  channels.map((name) => (name === 'email' ? `e-mail to ${printable(email.join(', '))}` : NAMES[name])).join(', ');

/** A stage without channels: people may have subscribed to its topic themselves. */
function describeTopic(topic: string, counted: Counted | undefined, unknown: string): string {
  if (counted === undefined) return `${ADD}, or subscribe to its topic ${topic}; who is subscribed: ${unknown}`;
  const { confirmed, asOf: when } = counted;
  return confirmed === 0
    ? `its topic ${topic} has no confirmed subscription ${when}: no one hears of failures; ${ADD}, or subscribe to the topic`
    : `its topic ${topic} has ${plural(confirmed, 'confirmed subscription', 'confirmed subscriptions')} ${when}, and alerts go there`;
}

function describeMails(addresses: number, { confirmed, pending, asOf: when }: Counted): string {
  const counts = `${confirmed} confirmed${pending === 0 ? '' : ` and ${pending} pending`} ${when}`;
  const cure = pending === 0 ? SUBSCRIBE : CONFIRM;
  if (confirmed === 0) return `${counts}: no mail reaches anyone; ${cure}`;
  return confirmed >= addresses && pending === 0 ? counts : `${counts}: mails reach those that have confirmed; ${cure}`;
}

/** Of the zone that no reader has to guess. */
const asOf = (at: EpochMs, now: EpochMs | undefined): string =>
  `as of ${utcMinute(at)}${now === undefined ? '' : ` (${distance(at, now)})`}`;

const plural = (count: number, one: string, more: string): string => `${count} ${count === 1 ? one : more}`;
