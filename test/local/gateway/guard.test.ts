import { expect, test } from 'vitest';
import { sendBytes, setup, signedFor } from './support.ts';

const authorization = signedFor('echo');

test.each(['127.0.0.1', 'localhost', 'LOCALHOST', '[::1]'])('serves programs that call it %s', async (name) => {
  const { front, send } = await setup();

  const { status } = await send({ headers: { authorization, host: `${name}:${front.port}` } });

  expect(status).toBe(200);
});

test.each([
  'evil.example',
  '127.0.0.1',
  '127.0.0.1:1',
  'localhost.evil.example:PORT',
  '127.0.0.1:PORT@evil.example',
  'evil.example:PORT',
  '0.0.0.0:PORT',
  '%00',
  '[',
])('refuses the Host %s, which a rebound domain name could have', async (pattern) => {
  const { front, send, requests } = await setup();

  const { status } = await send({ headers: { authorization, host: pattern.replace('PORT', `${front.port}`) } });

  expect(status).toBe(403);
  expect(requests).toEqual([]);
});

test.each([
  ['Origin', 'https://evil.example'],
  ['Origin', 'null'],
  ['Origin', 'http://['],
  ['Origin', 'http://127.0.0.1:PORT'],
  ['Sec-Fetch-Site', 'cross-site'],
  ['Sec-Fetch-Site', 'same-origin'],
])('refuses a request of a web page: %s: %s', async (name, pattern) => {
  const { front, send, requests } = await setup();

  const { status, headers } = await send({
    headers: { authorization, [name]: pattern.replace('PORT', `${front.port}`) },
  });

  expect(status).toBe(403);
  expect(Object.keys(headers).filter((header) => header.startsWith('access-control'))).toEqual([]);
  expect(requests).toEqual([]);
});

test('serves what a user types into the address bar', async () => {
  const { send } = await setup();

  const { status } = await send({ method: 'GET', path: '/_belfry/health', headers: { 'sec-fetch-site': 'none' } });

  expect(status).toBe(200);
});

test('gives a preflight request nothing', async () => {
  const { send } = await setup();
  const headers = { origin: 'https://evil.example', 'access-control-request-method': 'POST' };

  const answer = await send({ method: 'OPTIONS', headers });

  expect(answer.status).toBe(403);
  expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
});

test('lets no CORS header of an emulator out', async () => {
  const { send } = await setup({
    services: {
      open: async () => ({ status: 200, headers: { 'Access-Control-Allow-Origin': '*', 'x-other': '1' }, body: '' }),
    },
  });

  const { headers } = await send({ headers: { authorization: signedFor('open') } });

  expect(headers).not.toHaveProperty('access-control-allow-origin');
  expect(headers).toMatchObject({ 'x-other': '1', 'cross-origin-resource-policy': 'same-origin' });
});

test.each([
  ['no HTTP at all', 'nonsense\r\n\r\n'],
  ['no Host', 'GET / HTTP/1.1\r\n\r\n'],
  ['an old version without Host', 'GET / HTTP/1.0\r\n\r\n'],
  ['a whole URL as path', 'GET http://evil.example/ HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n'],
  ['a star as path', 'OPTIONS * HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n'],
  ['a path that is no URL', 'GET //[?%zz HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n'],
  ['a header with control characters', 'GET / HTTP/1.1\r\nHost: HOST\r\nOrigin: \x01\r\n\r\n'],
  ['headers that are object members', 'GET / HTTP/1.1\r\nHost: HOST\r\n__proto__: x\r\nConnection: close\r\n\r\n'],
  ['a length that is no number', 'POST / HTTP/1.1\r\nHost: HOST\r\nContent-Length: x\r\n\r\n'],
])('answers with a refusal and lives on after %s', async (_, text) => {
  const { front, send } = await setup();

  const answer = await sendBytes(front.port, text.replace('HOST', `127.0.0.1:${front.port}`));

  expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
  expect(await send({ headers: { authorization } })).toMatchObject({ status: 200 });
});
