import { type IncomingHttpHeaders, type RequestOptions, request } from 'node:http';
import { connect } from 'node:net';
import { onTestFinished } from 'vitest';
import {
  type FrontOptions,
  type ServiceHandler,
  type ServiceRequest,
  startFront,
} from '../../../lib/local/gateway/index.ts';

/** A front with a service `echo` that keeps what it was asked; closed when the test ends. */
export async function setup(options: Partial<FrontOptions> = {}) {
  const requests: ServiceRequest[] = [];
  const echo: ServiceHandler = async (incoming) => {
    requests.push(incoming);
    return { status: 200, headers: { 'content-type': 'text/plain' }, body: 'echo' };
  };
  const front = await startFront({
    services: { echo, ...options.services },
    control: { token: 'secret', handlers: {} },
    ...options,
    ...(options.services && { services: { echo, ...options.services } }),
  });
  onTestFinished(() => front.close());

  const send = (more: RequestOptions & { body?: string | Buffer } = {}) => sendRequest(front.port, more);
  return { front, requests, send };
}

/** The credential scope of a service, as every SDK signs it. */
export const signedFor = (service: string) =>
  `AWS4-HMAC-SHA256 Credential=test/20261102/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;

export interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A request with any header, also those that `fetch` keeps for itself. */
function sendRequest(port: number, { body, ...options }: RequestOptions & { body?: string | Buffer }): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, method: 'POST', agent: false, ...options }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () =>
        resolve({ status: incoming.statusCode, headers: incoming.headers, body: Buffer.concat(chunks) }),
      );
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** Bytes as they are, and what comes back until the server ends the connection. */
export function sendBytes(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(answer));
  });
}
