import type { Duration } from './duration.ts';

/** What one stage of the app is like. */
export interface StageSettings {
  /**
   * Whether its records must survive mistakes: the table is kept when its stack is deleted, cannot be deleted by itself and
   * can be restored to any second of the last 35 days; the stacks are protected from deletion.
   *
   * @default false
   */
  readonly isProtected?: boolean;
  /** Who receives alerts and alarms; others can subscribe to the topic. @default no one */
  readonly alerts?: AlertSettings;
  /**
   * The ARN of a KMS key that encrypts the alerts, `'arn:aws:kms:eu-north-1:123456789012:key/…'`, in the stage's region: an
   * existing key of yours that several stages and apps may share, at one dollar a month for all of them. Its policy must allow
   * `cloudwatch.amazonaws.com` `kms:Decrypt` and `kms:GenerateDataKey*`, and let the account's IAM policies grant its use, as
   * the policy that KMS gives a key by default does.
   *
   * @default a key of the stage's own, made and deleted with it
   */
  readonly alertKey?: string;
  /** The account it may be deployed to: 12 digits, as text. @default the one whose credentials deploy it */
  readonly account?: string;
  /** The region it may be deployed to, `'eu-north-1'`. @default the one of the shell that deploys it */
  readonly region?: string;
  /**
   * How long log lines are kept, `'1 day'` to `'3653 days'`; CloudWatch has certain lengths, and the next longer one is
   * taken.
   *
   * @default each job's `retention`, so that a record's log lines exist as long as the record
   */
  readonly logRetention?: Duration;
  /**
   * Whether it has a CloudWatch dashboard, `<app>-<stage>`: alarms, runs by outcome, durations, start delays, dead letters and
   * what waits. It costs three dollars a month; and each time that it loads, its queries read log lines at half a cent for each GB.
   *
   * @default false
   */
  readonly dashboard?: boolean;
  /** CloudWatch metrics that cost money by the month and that no alarm reads. */
  readonly metrics?: {
    /**
     * Whether each job writes the custom metrics `RunDuration` and `StartDelay`, 0.60 dollars a month for a job that runs every
     * hour. Its log lines have both figures anyway, as `durationMs` and `startDelayMs`.
     *
     * @default false
     */
    readonly durations?: boolean;
  };
}

/** Where a secret is kept. Its value is in no template: the function that needs it reads it when it sends. */
export type SecretReference =
  /** The name of a parameter of Systems Manager, best a SecureString: `{ ssm: '/shop/slack' }`. */
  | { readonly ssm: string }
  /** The name of a secret of Secrets Manager; `field` picks one of a secret that is a JSON object. */
  | { readonly secretsManager: string; readonly field?: string };

/** The channels of a stage's alerts. Each alert goes to all of them. */
export interface AlertSettings {
  /** Addresses. AWS sends each a mail with a link to confirm, which is good for 48 hours; before that it receives nothing. */
  readonly email?: readonly string[];
  /** A Slack channel, by the URL of an incoming webhook. https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks */
  readonly slack?: { readonly url: SecretReference };
  /** A Teams channel or chat, by the URL of a workflow that starts "when a Teams webhook request is received". */
  readonly teams?: { readonly url: SecretReference };
  /** Any endpoint that takes JSON by POST. With `secret`, each request is signed. */
  readonly webhook?: { readonly url: SecretReference; readonly secret?: SecretReference };
  /** A PagerDuty service, by the key of an integration "Events API v2". */
  readonly pagerDuty?: {
    readonly routingKey: SecretReference;
    /** Where the PagerDuty account is. @default 'us' */
    readonly region?: PagerDutyRegion;
  };
  /** Not for people: each end of a run becomes an event on a bus of EventBridge, for applications that react to it. */
  readonly eventBridge?: {
    /** The name of a bus of the same account and region. @default 'default' */
    readonly bus?: string;
  };
}

export type PagerDutyRegion = 'us' | 'eu';

/** Channels that alerts go to. */
export type ChannelName = Exclude<keyof AlertSettings, 'eventBridge'>;

/** All channels, in the order in which texts name them. The compiler asks for each new one. */
export const CHANNELS = Object.keys({
  email: true,
  slack: true,
  teams: true,
  webhook: true,
  pagerDuty: true,
} satisfies Readonly<Record<ChannelName, true>>) as readonly ChannelName[];

/** The channels that alerts of a stage go to; a list without addresses is none. */
export const channelsOf = (alerts: AlertSettings = {}): readonly ChannelName[] =>
  CHANNELS.filter((name) => (name === 'email' ? (alerts.email ?? []).length > 0 : alerts[name] !== undefined));

/** The stages of an app by name: what `infra/stages.ts` exports as `stages`. */
export type Stages = Readonly<Record<string, StageSettings>>;
