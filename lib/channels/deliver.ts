import type { ChannelName } from '../job/stages.ts';
import { type EpochMs, type Milliseconds, milliseconds, plus } from '../units.ts';
import { noticeOfAlarm, readAlarm } from './alarm.ts';
import { type FollowPorts, followStories } from './follow-stories.ts';
import { isList, type Notice, readEnvelope, readNotice } from './notice.ts';
import type { Channel, ChannelState, DeliveryLog } from './ports.ts';
import { RETRIED_FOR, retryDelay } from './retry.ts';

/** A message of the queue of alerts. */
export interface AlertDelivery {
  /** SQS's id. */
  readonly id: string;
  readonly body: string;
  /** From 1. */
  readonly receiveCount: number;
  readonly sentAt: EpochMs;
  /** Of a dead letter that was moved back: the channel that it is for. */
  readonly channel?: string | undefined;
}

export interface DeliveryPorts {
  /** `<app>-<stage>` */
  readonly deployment: string;
  readonly channels: readonly Channel[];
  readonly log: DeliveryLog;
  readonly memory: DeliveryMemory;
  /** Puts the message into the dead-letter queue, for one channel. Does not throw. @returns whether it is there */
  readonly deadLetter: (delivery: AlertDelivery, channel: ChannelName, reason: string) => Promise<boolean>;
  /** Writes a line about it. */
  readonly report: (event: DeliveryEvent) => void;
  readonly now: () => EpochMs;
  /** From 0 up to 1. */
  readonly random: () => number;
}

/** What a process knows of messages, by their id and channel. Another process learns it from the services and the table. */
export interface DeliveryMemory {
  /** Done, and could not be noted. */
  readonly unnoted: Map<string, ChannelState>;
  /** The parts of messages that a service has taken. */
  readonly accepted: Map<string, readonly string[]>;
  /** Until when a service is left alone. */
  readonly waits: Map<string, EpochMs>;
}

export const createMemory = (): DeliveryMemory => ({ unnoted: new Map(), accepted: new Map(), waits: new Map() });

export type DeliveryEvent =
  | { readonly event: 'alert-sent'; readonly channel: ChannelName; readonly message: string; readonly story: string }
  | {
      readonly event: 'alert-postponed' | 'alert-refused';
      readonly channel: ChannelName;
      readonly message: string;
      readonly reason: string;
    }
  | { readonly event: 'table-failed'; readonly message: string; readonly error: unknown };

/** Absent: nothing is left to do. */
export interface Redelivery {
  readonly delay: Milliseconds;
}

/**
 * Brings a message to each channel that does not have it yet, to all of them at once. What a service would never take is a
 * dead letter of its own, with the reason; what it cannot take now comes back, and then goes to the remaining channels only.
 */
export async function deliver(delivery: AlertDelivery, ports: DeliveryPorts): Promise<Redelivery | undefined> {
  const { receiveCount } = delivery;
  const envelope = readEnvelope(delivery.body, { id: delivery.id, at: delivery.sentAt });
  const report = (error: unknown) => ports.report({ event: 'table-failed', message: envelope.id, error });
  const states = await readStates(envelope.id, { log: ports.log, onError: report });
  if (states === undefined && receiveCount > 1) return { delay: retryDelay(receiveCount, ports.random) };

  const alarm = readAlarm(envelope);
  const { deployment, log } = ports;
  const own =
    alarm === undefined
      ? readNotice(envelope, deployment)
      : await noticeOfAlarm(alarm, envelope, { deployment, log, report });
  if (own === undefined) return undefined;
  const notice = await followStories(own, { isDelayed: isDelayed(delivery) }, { log, onError: report });

  const stateOf = (name: ChannelName) => states?.[name] ?? ports.memory.unnoted.get(placeOf(envelope.id, name));
  const remaining = ports.channels.filter(({ name }) => isRemaining(name, stateOf(name), delivery, notice));
  const results = await Promise.all(remaining.map((channel) => sendTo(channel, notice, delivery, ports)));
  const [first, ...others] = results.filter((wait) => wait !== undefined);
  // The nearest: one service that asks to be left alone for long must not keep the others waiting.
  return first === undefined ? undefined : { delay: others.reduce((one, other) => (other < one ? other : one), first) };
}

/** Whether it has come before, or was moved back by a person. */
const isDelayed = ({ receiveCount, channel }: AlertDelivery): boolean => receiveCount > 1 || channel !== undefined;

type States = Readonly<Partial<Record<ChannelName, ChannelState>>>;

/** Undefined where it is not known: a message that may have reached some channels must wait for the table. */
async function readStates(message: string, { log, onError }: FollowPorts): Promise<States | undefined> {
  try {
    return await log.states(message);
  } catch (error) {
    onError(error);
    return undefined;
  }
}

const placeOf = (message: string, channel: ChannelName): string => `${message} ${channel}`;

function isRemaining(
  name: ChannelName,
  state: ChannelState | undefined,
  { channel }: AlertDelivery,
  { isMailed = false }: Notice,
): boolean {
  if (name === 'email' && isMailed) return false;
  // Moved back by a person, who has mended what it was refused for.
  if (channel !== undefined) return name === channel && state !== 'sent';
  return state === undefined;
}

/** @returns how long to wait before the next try, if there is to be one */
async function sendTo(
  channel: Channel,
  notice: Notice,
  delivery: AlertDelivery,
  ports: DeliveryPorts,
): Promise<Milliseconds | undefined> {
  const { name } = channel;
  const { id: message, facts } = notice;
  const { waits } = ports.memory;
  const place = placeOf(message, name);
  const left = (waits.get(place) ?? 0) - ports.now();
  if (left > 0) return milliseconds(left);
  waits.delete(place);
  const outcome = await channel.send(notice, await readAccepted(notice, name, delivery, ports));
  if (outcome.kind !== 'sent' && outcome.accepted !== undefined)
    await noteAccepted(notice, name, outcome.accepted, ports);
  if (outcome.kind === 'sent') {
    ports.report({ event: 'alert-sent', channel: name, message, story: facts.story });
    await note(message, name, 'sent', ports);
    return undefined;
  }
  const { reason } = outcome;
  const isLast = ports.now() - delivery.sentAt >= RETRIED_FOR;
  if (outcome.kind === 'refused' || isLast) {
    const tries = delivery.receiveCount === 1 ? '' : ` (${delivery.receiveCount} tries)`;
    ports.report({ event: 'alert-refused', channel: name, message, reason: `${reason}${tries}` });
    // The note comes second: a dead letter that is sent twice is better than none.
    const isKept = await ports.deadLetter(delivery, name, `${name}: ${reason}${tries}`);
    if (!isKept) return retryDelay(delivery.receiveCount, ports.random);
    await note(message, name, 'refused', ports);
    return undefined;
  }
  ports.report({ event: 'alert-postponed', channel: name, message, reason });
  const delay = retryDelay(delivery.receiveCount, ports.random, outcome.after);
  keep(waits, place, plus(ports.now(), delay));
  return delay;
}

/** The parts of a list that a channel has taken in earlier tries. Without the table some may be sent twice. */
async function readAccepted(
  { id: message, facts }: Notice,
  channel: ChannelName,
  delivery: AlertDelivery,
  { log, memory, report }: DeliveryPorts,
): Promise<readonly string[]> {
  const known = memory.accepted.get(placeOf(message, channel));
  if (known !== undefined) return known;
  if (!isList(facts) || !isDelayed(delivery)) return [];
  try {
    return await log.accepted(message, channel);
  } catch (error) {
    report({ event: 'table-failed', message, error });
    return [];
  }
}

async function noteAccepted(
  { id: message }: Notice,
  channel: ChannelName,
  parts: readonly string[],
  { log, memory, now, report }: DeliveryPorts,
): Promise<void> {
  if (parts.length === 0) return;
  keep(memory.accepted, placeOf(message, channel), parts);
  try {
    await log.noteAccepted(message, channel, parts, now());
  } catch (error) {
    report({ event: 'table-failed', message, error });
  }
}

/** What cannot be noted is kept in the process, which usually gets the message again. */
async function note(
  message: string,
  channel: ChannelName,
  state: ChannelState,
  { log, memory, now, report }: DeliveryPorts,
): Promise<void> {
  try {
    await log.note(message, channel, state, now());
  } catch (error) {
    report({ event: 'table-failed', message, error });
    keep(memory.unnoted, placeOf(message, channel), state);
  }
}

/** Of a process that lives long, the oldest is forgotten. */
const MAX_KEPT = 1000;

function keep<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.set(key, value);
  const oldest = map.keys().next().value;
  if (map.size > MAX_KEPT && oldest !== undefined) map.delete(oldest);
}
