import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** What the server does with a request: an answer, or none at all. */
export type Answer =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  | 'hang'
  | 'reset';

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface AlertServer {
  readonly url: string;
  /** What has come, whatever was answered. */
  readonly received: readonly Received[];
  /** What has come and was answered with 200. */
  readonly accepted: readonly Received[];
  /** Closes it before the end of the test: connections are refused then. */
  close(): Promise<void>;
}

/** A server on 127.0.0.1 that answers as it is told, until the test has finished. */
export async function startAlertServer(answer: (request: Received) => Answer): Promise<AlertServer> {
  const received: Received[] = [];
  const accepted: Received[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const one = { path: request.url ?? '', headers: request.headers, body };
    received.push(one);
    const what = answer(one);
    if (what === 'hang') return;
    if (what === 'reset') {
      request.socket.destroy();
      return;
    }
    if (what.status === 200) accepted.push(one);
    response.writeHead(what.status, what.headers).end(what.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = async (): Promise<void> => {
    if (!server.listening) return;
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  onTestFinished(close);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received, accepted, close };
}
