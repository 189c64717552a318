import { LOCAL_CHANNELS } from '../environment.ts';
import { messageOf } from '../errors.ts';
import type { AlertMessage } from '../job/context.ts';
import type { AlertSettings, ChannelName, SecretReference } from '../job/stages.ts';
import { type EpochMs, type Milliseconds, SECOND } from '../units.ts';
import { formatEmail } from './email.ts';
import type { Notice } from './notice.ts';
import { formatPagerDuty } from './pager-duty.ts';
import type { Channel, ChannelRequest, Outcome } from './ports.ts';
import { post } from './post.ts';
import { formatSlack } from './slack.ts';
import { formatTeams } from './teams.ts';
import { formatWebhook } from './webhook.ts';

/** What channels need of their surroundings. */
export interface ChannelPorts {
  /** The value of a secret. @param variable the name by which the embedded cloud may have another */
  readonly secret: (reference: SecretReference, variable: string) => Promise<string>;
  /** Publishes to the topic of mails. */
  readonly mail: (message: AlertMessage) => Promise<void>;
  readonly now: () => EpochMs;
  /** @default 10 seconds */
  readonly timeout?: Milliseconds;
}

/** The settings of the channels in a function; of e-mail, whose addresses are subscribed to a topic, only that it is one. */
export type DeployedChannels = Omit<AlertSettings, 'email' | 'eventBridge'> & { readonly email?: true };

/** The channels that are configured. */
export function createChannels(settings: DeployedChannels, ports: ChannelPorts): readonly Channel[] {
  return Object.entries(CREATE).flatMap(([name, create]) => {
    const send = create(settings, ports);
    return send === undefined ? [] : [{ name: name as ChannelName, send }];
  });
}

type Send = Channel['send'];

const CREATE: Readonly<Record<ChannelName, (settings: DeployedChannels, ports: ChannelPorts) => Send | undefined>> = {
  email({ email }, { mail }) {
    return email && ((notice) => withRetry('the topic of mails', () => mail(formatEmail(notice))));
  },
  slack({ slack }, ports) {
    return slack && overHttp(ports, { url: [slack.url, LOCAL_CHANNELS.slack.url] }, formatSlack);
  },
  teams({ teams }, ports) {
    return teams && overHttp(ports, { url: [teams.url, LOCAL_CHANNELS.teams.url] }, formatTeams);
  },
  webhook({ webhook }, ports) {
    if (webhook === undefined) return undefined;
    const url = [webhook.url, LOCAL_CHANNELS.webhook.url] as const;
    const format = (notice: Notice, values: { url: string; secret?: string }) =>
      formatWebhook(notice, values, ports.now());
    if (webhook.secret === undefined) return overHttp(ports, { url }, format);
    return overHttp(ports, { url, secret: [webhook.secret, LOCAL_CHANNELS.webhook.secret] }, format);
  },
  pagerDuty({ pagerDuty }, ports) {
    if (pagerDuty === undefined) return undefined;
    const { routingKey, ...settings } = pagerDuty;
    return overHttp(ports, { routingKey: [routingKey, LOCAL_CHANNELS.pagerDuty.routingKey] }, (notice, values) =>
      formatPagerDuty(notice, { ...settings, ...values }),
    );
  },
};

type Secrets<Names extends string> = Readonly<Record<Names, readonly [reference: SecretReference, variable: string]>>;

/** Reads the secrets, formats and posts. */
function overHttp<Names extends string>(
  ports: ChannelPorts,
  secrets: Secrets<Names>,
  format: (
    notice: Notice,
    values: Readonly<Record<Names, string>>,
  ) => ChannelRequest | Promise<ChannelRequest> | readonly ChannelRequest[],
): Send {
  return async (notice, accepted) => {
    const values: Partial<Record<Names, string>> = {};
    for (const name of Object.keys(secrets) as Names[]) {
      const [reference, variable] = secrets[name];
      try {
        values[name] = (await ports.secret(reference, variable)).trim();
      } catch (error) {
        // What is missing may be put there; the reason has the name of the secret, and the SDK's error no value.
        return { kind: 'retry', reason: `its secret ${describeReference(reference)} cannot be read: ${nameOf(error)}` };
      }
    }
    const all = values as Record<Names, string>;
    const requests = [await format(notice, all)].flat();
    return await postEach(requests, accepted, { secrets: Object.values(all), ports });
  };
}

/** How long one try of several requests may take: the function has a minute for all channels. */
const MAX_TRY = 25 * SECOND;

/**
 * Posts one request after the other, those that the service has taken before left out. One that it refuses keeps no other from
 * it; one that it cannot take now ends the try, and the next goes on from there.
 */
async function postEach(
  requests: readonly ChannelRequest[],
  before: readonly string[],
  { secrets, ports }: { readonly secrets: readonly string[]; readonly ports: ChannelPorts },
): Promise<Outcome> {
  const accepted = new Set(before);
  const start = ports.now();
  let refused: Extract<Outcome, { kind: 'refused' }> | undefined;
  for (const request of requests) {
    const { part } = request;
    if (part !== undefined && accepted.has(part)) continue;
    if (ports.now() - start > MAX_TRY)
      return { kind: 'retry', reason: 'it answers slowly, and the rest follows', accepted: [...accepted] };
    const outcome = await post(request, secrets, ports);
    if (outcome.kind === 'retry') return { ...outcome, accepted: [...accepted] };
    if (outcome.kind === 'refused') refused ??= outcome;
    else if (part !== undefined) accepted.add(part);
  }
  return refused === undefined ? { kind: 'sent' } : { ...refused, accepted: [...accepted] };
}

async function withRetry(what: string, action: () => Promise<void>): Promise<Outcome> {
  try {
    await action();
    return { kind: 'sent' };
  } catch (error) {
    return { kind: 'retry', reason: `${what} does not take it: ${nameOf(error)}: ${messageOf(error)}` };
  }
}

const describeReference = (reference: SecretReference): string =>
  'ssm' in reference ? `ssm ${reference.ssm}` : `secretsManager ${reference.secretsManager}`;

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'Error');
