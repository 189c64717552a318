import { isObject } from '../is-object.ts';
import type { AlertFacts } from '../observe/alert.ts';
import { type EpochMs, epochMs, toIso } from '../units.ts';

/** An alert on its way to the channels. */
export interface Notice {
  /** SNS's message id: the same in every delivery. */
  readonly id: string;
  /** When it was published. */
  readonly at: EpochMs;
  readonly subject: string;
  /** The text that mails have. */
  readonly body: string;
  readonly facts: AlertFacts;
  /** `<app>-<stage>` */
  readonly deployment: string;
  /** It was delayed, and its story is over by now. */
  readonly overSince?: EpochMs;
  /** Of a list that was delayed: the episodes that are over by now. */
  readonly overEpisodes?: ReadonlySet<string>;
  /** It says that its story is over, which has begun once more since. */
  readonly begunSince?: EpochMs;
  /** Of a list: the same of the episodes that it ends. */
  readonly begunEpisodes?: ReadonlySet<string>;
  /** Whether its mail comes from the alarm itself, in case this function is what is broken. */
  readonly isMailed?: boolean;
}

/** What SNS delivers to a queue. https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html */
export interface Envelope {
  readonly id: string;
  readonly at: EpochMs;
  readonly subject: string;
  readonly message: string;
  /** The attribute `belfry-alert`. */
  readonly facts?: string;
}

/** The attribute of an SNS message that has the facts of an alert, in JSON. */
export const FACTS_ATTRIBUTE = 'belfry-alert';

/** Reads the body of a queue's message. What is no envelope of SNS is an alert itself: a person may have sent it. */
export function readEnvelope(body: string, otherwise: { readonly id: string; readonly at: EpochMs }): Envelope {
  const parsed = parseObject(body);
  if (parsed?.['Type'] !== 'Notification' || typeof parsed['Message'] !== 'string') {
    return { ...otherwise, subject: firstLine(body), message: body };
  }
  const { MessageId, Subject, Message, Timestamp, MessageAttributes } = parsed;
  const attributes = isObject(MessageAttributes) ? (MessageAttributes as Fields) : {};
  const attribute = attributes[FACTS_ATTRIBUTE];
  const facts = isObject(attribute) ? (attribute as Fields)['Value'] : undefined;
  const at = Date.parse(String(Timestamp));
  return {
    id: typeof MessageId === 'string' ? MessageId : otherwise.id,
    at: Number.isNaN(at) ? otherwise.at : epochMs(at),
    subject: typeof Subject === 'string' && Subject !== '' ? Subject : firstLine(Message),
    message: Message,
    ...(typeof facts === 'string' ? { facts } : {}),
  };
}

/** The alert in an envelope. One without facts is what a job, or a program beside Belfry, has to say: a story of its own. */
export function readNotice({ id, at, subject, message, facts }: Envelope, deployment: string): Notice {
  const own: AlertFacts = { kind: 'job-alert', story: `message:${id}`, since: at };
  return { id, at, subject, body: message, facts: readFacts(facts) ?? own, deployment };
}

/** The alerts that a message reports: itself, or those of a list. */
export const partsOf = ({ facts }: Pick<Notice, 'facts'>): readonly AlertFacts[] =>
  isList(facts) ? facts.each : [facts];

/** A story may begin once more: what is over then is one episode of it, from its beginning to its end. */
export type Episode = Pick<AlertFacts, 'story' | 'since'>;

/** `failed:report#2027-03-02T01:00:04.000Z` */
export const episodeKey = ({ story, since }: Episode): string => `${story}#${toIso(since)}`;

/** The facts of a message that reports several alerts. */
export type ListFacts = AlertFacts & Required<Pick<AlertFacts, 'each'>>;

/** Whether a message reports several alerts, so that its own facts are those of one of them only. */
export const isList = (facts: AlertFacts): facts is ListFacts => Array.isArray(facts.each) && facts.each.length > 0;

function readFacts(text = ''): AlertFacts | undefined {
  const facts = parseObject(text);
  const isComplete =
    typeof facts?.['kind'] === 'string' && typeof facts['story'] === 'string' && typeof facts['since'] === 'number';
  return isComplete ? (facts as unknown as AlertFacts) : undefined;
}

type Fields = Readonly<Record<string, unknown>>;

/** A JSON object; undefined for any other text. */
export function parseObject(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) && !Array.isArray(value) ? (value as Fields) : undefined;
  } catch {
    return undefined;
  }
}

const firstLine = (text: string): string => text.trimStart().split('\n', 1)[0] ?? '';

/** An instant as people read it: `2027-03-02 01:00 UTC`. */
export const instantText = (instant: EpochMs): string => `${toIso(instant).slice(0, 16).replace('T', ' ')} UTC`;
