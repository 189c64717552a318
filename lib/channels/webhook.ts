import type { AlertFacts } from '../observe/alert.ts';
import { type EpochMs, toIso } from '../units.ts';
import { isList, type ListFacts, type Notice } from './notice.ts';
import type { ChannelRequest } from './ports.ts';

export interface WebhookSettings {
  readonly url: string;
  /** Signs each request. @default none is signed */
  readonly secret?: string | undefined;
}

/**
 * A request for any endpoint: the facts and the text of an alert, in JSON. Its fields are public names. With a secret the
 * header `belfry-signature` has `sha256=` and the HMAC, in hexadecimal, of the header `belfry-timestamp`, a dot and the body.
 *
 * @param now for the timestamp, by which a receiver can refuse a request that is played back later
 */
export async function formatWebhook(
  notice: Notice,
  { url, secret }: WebhookSettings,
  now: EpochMs,
): Promise<ChannelRequest> {
  const { id, at, deployment, subject, body: text, facts, overSince } = notice;
  const body = JSON.stringify({
    v: 1,
    id,
    at: toIso(at),
    deployment,
    subject,
    text,
    ...(isList(facts) ? factsOfList(facts) : plainFacts(facts)),
    ...(overSince === undefined ? {} : { overSince: toIso(overSince) }),
  });
  const headers = { 'belfry-message-id': id };
  if (secret === undefined) return { url, body, headers };
  const timestamp = String(Math.floor(now / 1000));
  const signature = await sign(`${timestamp}.${body}`, secret);
  return {
    url,
    body,
    headers: { ...headers, 'belfry-timestamp': timestamp, 'belfry-signature': `sha256=${signature}` },
  };
}

/** Of a list only what is true of all its alerts: a program that groups by story would take it for an alert about the first. */
const factsOfList = ({ each, isOver = false }: ListFacts) => ({ isOver, each: each.map(plainFacts) });

/** Instants as text, and nothing left to a default. */
const plainFacts = ({ since, isOver = false, ...facts }: AlertFacts) => ({ ...facts, since: toIso(since), isOver });

async function sign(text: string, secret: string): Promise<string> {
  const encoder = new TextEncoder();
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', encoder.encode(secret), algorithm, false, ['sign']);
  const bytes = new Uint8Array(await crypto.subtle.sign('HMAC', key, encoder.encode(text)));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
