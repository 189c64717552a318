import type { JobAlarm, SharedAlarm } from '../job/names.ts';
import type { AlertFacts } from '../observe/alert.ts';
import { ownEntry } from '../own-entry.ts';
import { type EpochMs, epochMs, HOUR } from '../units.ts';
import {
  type AlarmChange,
  type AlarmHistory,
  begunSince,
  endOf,
  overSince,
  repeatOf,
  withChange,
} from './alarm-history.ts';
import { type Envelope, instantText, type Notice, parseObject } from './notice.ts';
import type { DeliveryLog } from './ports.ts';

/** A change of state of an alarm, as CloudWatch publishes it. */
export interface AlarmNotification {
  readonly name: string;
  readonly description: string;
  readonly state: string;
  readonly reason: string;
  readonly at: EpochMs;
  readonly region: string;
  readonly partition: string;
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html */
export function readAlarm({ message, at }: Pick<Envelope, 'message' | 'at'>): AlarmNotification | undefined {
  const { AlarmName, AlarmDescription, NewStateValue, NewStateReason, StateChangeTime, AlarmArn } =
    parseObject(message) ?? {};
  if (typeof AlarmName !== 'string' || typeof NewStateValue !== 'string') return undefined;
  const [, partition = 'aws', , region = ''] = String(AlarmArn).split(':');
  const changedAt = Date.parse(String(StateChangeTime).replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
  return {
    name: AlarmName,
    description: typeof AlarmDescription === 'string' ? AlarmDescription : '',
    state: NewStateValue,
    reason: typeof NewStateReason === 'string' ? NewStateReason : '',
    at: Number.isNaN(changedAt) ? at : epochMs(changedAt),
    region,
    partition,
  };
}

/**
 * An alarm's notification in Belfry's words; undefined where it is not to be sent: it is part of an open story, or says that
 * an alarm is over which was not reported. Without a table to ask it is sent: twice is better than never.
 */
export async function noticeOfAlarm(
  alarm: AlarmNotification,
  envelope: Envelope,
  { deployment, log, report }: AlarmPorts,
): Promise<Notice | undefined> {
  if (alarm.state !== 'ALARM' && alarm.state !== 'OK') return undefined;
  const place = { id: envelope.id, at: envelope.at, deployment };
  try {
    const { change, known } = await follow(alarm, envelope.id, { deployment, log });
    if (!change.isReported) return undefined;
    const notice = describe(alarm, { ...place, since: change.story ?? change.at });
    const [over, begun] = change.isRing
      ? [overSince(change.at, known), undefined]
      : [undefined, begunSince(change.at, known)];
    return {
      ...notice,
      ...(over === undefined ? {} : { overSince: over }),
      ...(begun === undefined ? {} : { begunSince: begun }),
    };
  } catch (error) {
    report(error);
    return describe(alarm, { ...place, since: alarm.at });
  }
}

interface AlarmPorts {
  readonly deployment: string;
  readonly log: DeliveryLog;
  /** Reports that the table cannot be asked. */
  readonly report: (error: unknown) => void;
}

interface FollowedAlarm {
  readonly change: AlarmChange;
  readonly known: AlarmHistory;
}

/** Another delivery of the same alarm may note its change first. */
const MAX_TRIES = 5;

/** Decides what a change is, and notes it: a redelivery decides the same. */
async function follow(
  alarm: AlarmNotification,
  message: string,
  { deployment, log }: Omit<AlarmPorts, 'report'>,
): Promise<FollowedAlarm> {
  const { name } = alarm;
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const before = await log.alarm(name);
    const known = before ?? [];
    const handled = known.find((each) => each.message === message);
    if (handled !== undefined) return { change: handled, known };
    const change = await decide(alarm, message, { known, deployment, log });
    const after = withChange(change, known);
    if (await log.noteAlarm(name, { before, after })) return { change, known: after };
  }
  throw new Error(`the notes on the alarm ${name} change too fast`);
}

async function decide(
  { name, state, at }: AlarmNotification,
  message: string,
  { known, deployment, log }: { known: AlarmHistory; deployment: string; log: DeliveryLog },
): Promise<AlarmChange> {
  const change = { at, message };
  if (state === 'OK') return endOf(change, known);
  const repeat = repeatOf(change, known);
  if (repeat !== undefined) return repeat;
  const joined = await log.findStory(storiesOf(aboutOf(name, deployment)), epochMs(at - LATE_BY));
  return joined === undefined
    ? { ...change, isRing: true, story: at, isReported: true }
    : { ...change, isRing: true, isReported: false };
}

/** Metrics come late, and an alarm's periods are long: it may ring for what is over by then. */
const LATE_BY = HOUR;

/** What an alarm of Belfry's is about, `report-failed`; of any other the whole name. */
const aboutOf = (name: string, deployment: string): string =>
  name.startsWith(`${deployment}-`) ? name.slice(deployment.length + 1) : name;

/** The stories that an alarm is part of; `*` stands for the rest of a key. */
function storiesOf(about: string): readonly string[] {
  const shared = ownEntry<readonly string[]>(SHARED, about);
  if (shared !== undefined) return shared;
  const [, job, alarm] = /^(.+)-(failed|slow|dead-letters)$/.exec(about) ?? [];
  return job === undefined ? [] : OF_JOB[alarm as JobAlarm](job);
}

const SHARED: Readonly<Record<SharedAlarm, readonly string[]>> = {
  undelivered: ['dead-letters:undelivered'],
  'runs-failed': ['failed:*'],
  'runs-missed': ['missed:*', 'disabled:*', 'not-deployed:*'],
  'runs-waiting': ['waiting:*'],
  'watchdog-silent': [],
};

const OF_JOB: Readonly<Record<JobAlarm, (job: string) => readonly string[]>> = {
  failed: (job) => [`failed:${job}`, `dead-letters:${job}`],
  'dead-letters': (job) => [`failed:${job}`, `dead-letters:${job}`],
  // Run ids begin with the job and a stroke.
  slow: (job) => [`slow:${job}/*`],
};

/** Alarms that send their own mail: what they report may be that this function, or what sends to it, is broken. */
const MAILED: ReadonlySet<string> = new Set([
  'watchdog-silent',
  'alerts-failed',
  'alerts-dead-letters',
  'alerts-events-late',
]);

interface Place extends Pick<Notice, 'id' | 'at' | 'deployment'> {
  readonly since: EpochMs;
}

function describe(alarm: AlarmNotification, { since, ...place }: Place): Notice {
  const { name, description, reason, state } = alarm;
  const { deployment } = place;
  const isOver = state === 'OK';
  const about = aboutOf(name, deployment);
  const stage = deployment.slice(deployment.lastIndexOf('-') + 1);
  const what = isOver ? 'is over' : `rings: ${firstSentence(description) || reason}`;
  const subject = `[${stage}] alarm ${about} ${what}`;
  const url = consoleUrl(alarm);
  const facts: AlertFacts = {
    kind: 'alarm',
    story: `alarm:${name}`,
    since,
    ...(isOver ? { isOver } : {}),
    ...(url === undefined ? {} : { links: [{ label: 'Alarm', url }] }),
  };
  const body = [
    subject,
    '',
    ...(isOver || description === '' ? [] : [description, '']),
    `Alarm       ${name}`,
    `Since       ${instantText(since)}`,
    ...(isOver ? [`Over        ${instantText(alarm.at)}`] : []),
    `CloudWatch  ${reason}`,
    ...(url === undefined ? [] : [`Show it     ${url}`]),
  ];
  return { ...place, subject, body: body.join('\n'), facts, ...(MAILED.has(about) ? { isMailed: true } : {}) };
}

/** Descriptions say first what has happened, then where to look. */
const firstSentence = (text: string): string => /^.*?[.:](?=\s|$)/s.exec(text)?.[0].slice(0, -1) ?? text;

/** https://docs.aws.amazon.com/general/latest/gr/rande.html */
const CONSOLES: Readonly<Record<string, string>> = {
  aws: 'console.aws.amazon.com',
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
};

function consoleUrl({ name, region, partition }: AlarmNotification): string | undefined {
  const console = CONSOLES[partition];
  if (console === undefined || region === '') return undefined;
  return `https://${region}.${console}/cloudwatch/home?region=${region}#alarmsV2:alarm/${encodeURIComponent(name)}`;
}
