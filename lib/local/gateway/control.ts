import { createHash, timingSafeEqual } from 'node:crypto';
import { BelfryError, messageOf } from '../../errors.ts';
import type { ControlHandler, ServiceRequest, ServiceResponse } from './service.ts';

/** How other commands of this machine steer the running cloud. */
export interface Control {
  /** Sent as `Authorization: Bearer <token>`; known to whoever may read the cloud's own files. */
  readonly token: string;
  /** By name: `POST /_belfry/<name>`. */
  readonly handlers: Readonly<Record<string, ControlHandler>>;
}

export const controlPrefix = '/_belfry/';

/** Answers what is below `/_belfry/`: `GET health` for anybody, `POST <name>` with the token. */
export async function answerControl(request: ServiceRequest, control: Control): Promise<ServiceResponse> {
  const name = request.path.slice(controlPrefix.length);
  if (name === 'health') return answer(200, { status: 'ok' });
  if (!isAuthorized(request.headers.authorization, control.token)) {
    return answer(401, { error: 'the bearer token is missing or wrong' });
  }

  const handler = Object.hasOwn(control.handlers, name) ? control.handlers[name] : undefined;
  if (handler === undefined) return answer(404, { error: `no command ${JSON.stringify(name.slice(0, 100))}` });
  if (request.method !== 'POST') return answer(405, { error: 'commands are sent with POST' });

  const input = parseJson(request.body);
  if (input === malformed) return answer(400, { error: 'the body is not JSON' });
  try {
    return answer(200, (await handler(input)) ?? null);
  } catch (error) {
    return answer(error instanceof BelfryError ? 400 : 500, {
      error: messageOf(error),
    });
  }
}

const malformed = Symbol('malformed');

function parseJson(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  try {
    return JSON.parse(body.toString());
  } catch {
    return malformed;
  }
}

const answer = (status: number, value: unknown): ServiceResponse => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(value),
});

/** Compares digests: equal lengths, and the time taken tells nothing about the token. */
function isAuthorized(authorization: string | undefined, token: string): boolean {
  const sent = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1];
  if (sent === undefined) return false;
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(sent), digest(token));
}
