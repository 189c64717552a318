import { type AddressProblem, problemOfAddress } from '../post-address.ts';
import { cut } from '../run/run-error.ts';
import { type EpochMs, type Milliseconds, milliseconds, SECOND } from '../units.ts';
import type { ChannelRequest, Outcome } from './ports.ts';

export interface PostOptions {
  readonly now: () => EpochMs;
  /** @default 10 seconds, for the whole answer */
  readonly timeout?: Milliseconds;
}

const TIMEOUT = milliseconds(10 * SECOND);
/** What is kept of an answer, for the reason. */
const MAX_ANSWER = 200;

/** Client errors that another try may mend. https://www.rfc-editor.org/rfc/rfc9110#name-client-error-4xx */
const PASSING: ReadonlySet<number> = new Set([408, 425, 429]);

/**
 * Sends one request. Redirects are not followed: what it carries is for the address that was configured. It does not
 * throw, and its reasons leave out the address and the secrets.
 *
 * @param secrets texts that no reason may have
 */
export async function post(
  { url, headers, body }: ChannelRequest,
  secrets: readonly string[],
  { now, timeout = TIMEOUT }: PostOptions,
): Promise<Outcome> {
  const problem = problemOfAddress(url);
  if (problem !== undefined) return { kind: 'refused', reason: ADDRESS_PROBLEMS[problem] };
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8', 'user-agent': 'belfry', ...headers },
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(timeout),
    });
    return await judge(response, secrets, now());
  } catch (error) {
    return { kind: 'retry', reason: describeFailure(error) };
  }
}

/** The address is a secret, and not part of the reason. */
const ADDRESS_PROBLEMS: Readonly<Record<AddressProblem, string>> = {
  'no-url': 'its secret is not a URL',
  'no-https': 'the URL in its secret must begin with https://',
};

async function judge(response: Response, secrets: readonly string[], now: EpochMs): Promise<Outcome> {
  const { status, headers, body } = response;
  if (response.ok) {
    await body?.cancel().catch(() => {});
    return { kind: 'sent' };
  }
  const answer = redact(await beginningOf(response), secrets);
  const reason = `it answered ${status}${answer && `: ${answer}`}`;
  if (status >= 300 && status < 400) return { kind: 'refused', reason: `${reason} (redirects are not followed)` };
  if (status < 500 && !PASSING.has(status)) return { kind: 'refused', reason };
  const after = readRetryAfter(headers.get('retry-after'), now);
  return { kind: 'retry', reason, ...(after === undefined ? {} : { after }) };
}

/** The first piece of an answer, whatever its size. */
async function beginningOf({ body }: Response): Promise<string> {
  const reader = body?.getReader();
  const piece = await reader?.read().catch(() => undefined);
  await reader?.cancel().catch(() => {});
  const text = piece?.value === undefined ? '' : new TextDecoder().decode(piece.value.subarray(0, 4 * MAX_ANSWER));
  return text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim();
}

/** Services repeat what they were sent: a path, a key. */
const redact = (text: string, secrets: readonly string[]): string =>
  cut(
    secrets
      .flatMap((secret) => [secret, ...pathsOf(secret)])
      .filter((secret) => secret.length > 3)
      .reduce((shown, secret) => shown.replaceAll(secret, '(secret)'), text),
    MAX_ANSWER,
  );

function pathsOf(secret: string): readonly string[] {
  if (!URL.canParse(secret)) return [];
  const { pathname, search } = new URL(secret);
  return [`${pathname}${search}`, pathname, search.slice(1), ...pathname.split('/')];
}

/** Seconds or a date. https://www.rfc-editor.org/rfc/rfc9110#name-retry-after */
function readRetryAfter(text: string | null, now: EpochMs): Milliseconds | undefined {
  if (text === null) return undefined;
  const length = /^\d+$/.test(text) ? Number(text) * SECOND : Date.parse(text) - now;
  return Number.isNaN(length) || length < 0 ? undefined : milliseconds(length);
}

/** `fetch` says "fetch failed", and the cause says why. Its message may have the address. */
function describeFailure(error: unknown): string {
  const { name, cause } = error as { readonly name?: string; readonly cause?: { readonly code?: string } };
  if (name === 'TimeoutError') return 'it did not answer in time';
  return `it cannot be reached (${cause?.code ?? name ?? 'Error'})`;
}
