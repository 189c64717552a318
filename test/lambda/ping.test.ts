import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { callPingUrl } from '../../lib/lambda/ping.ts';
import { minutes } from '../support/requests.ts';

const RUN = { id: 'report/2027-03-02T02:00Z/nightly' } as Parameters<typeof callPingUrl>[0];

let server: Server;
let pingUrl: string;
let status = 200;
const received: string[] = [];

beforeEach(async () => {
  status = 200;
  received.length = 0;
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    received.push(`${request.method} ${request.url} ${body}`);
    response.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  pingUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/ping/7f3a`;
});
afterEach(async () => {
  vi.restoreAllMocks();
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
});

const facts = (url?: string) => ({
  timezone: 'UTC',
  lateAfter: minutes(10),
  ...(url === undefined ? {} : { pingUrl: url }),
});

test('the URL is called with the run id', async () => {
  await callPingUrl(RUN, facts(pingUrl));

  expect(received).toEqual([`POST /ping/7f3a ${RUN.id}`]);
});

test.each([{ facts: undefined }, { facts: facts() }])('nobody is called where there is no URL (%#)', async (each) => {
  const fetch = vi.spyOn(globalThis, 'fetch');

  await callPingUrl(RUN, each.facts);

  expect(fetch).not.toHaveBeenCalled();
});

test.each([404, 500])('an answer of %i is a failure', async (answer) => {
  status = answer;

  await expect(callPingUrl(RUN, facts(pingUrl))).rejects.toThrow(`the pingUrl answered ${answer}`);
});

test('an answer is waited for no longer than three seconds', async () => {
  const timeout = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(AbortSignal.abort(new Error('three seconds')));

  await expect(callPingUrl(RUN, facts(pingUrl))).rejects.toThrow('three seconds');
  expect(timeout).toHaveBeenCalledWith(3000);
});
