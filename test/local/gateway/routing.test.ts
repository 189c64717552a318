import { type AddressInfo, Server } from 'node:net';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { GetScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect, test, vi } from 'vitest';
import { PortInUseError, type ServiceHandler, startFront } from '../../../lib/local/gateway/index.ts';
import { PATIENCE } from '../../support/patience.ts';
import { clientConfig, startCloud } from '../support/cloud.ts';
import { setup, signedFor } from './support.ts';

const failing: ServiceHandler = async () => {
  throw new Error('disk <full> & "gone"');
};

test('a handler gets method, path, query, headers and body', async () => {
  const { send, requests } = await setup();

  await send({
    method: 'PUT',
    path: '/schedules/a%2Fb?group=x%20y&group=z',
    headers: { Authorization: signedFor('echo'), 'X-Thing': 'v' },
    body: '{"a":1}',
  });

  expect(requests).toMatchObject([{ method: 'PUT', path: '/schedules/a%2Fb', headers: { 'x-thing': 'v' } }]);
  expect(requests[0]?.query.getAll('group')).toEqual(['x y', 'z']);
  expect(requests[0]?.body.toString()).toBe('{"a":1}');
});

test.each([
  ['a presigned query', { path: '/?X-Amz-Credential=test%2F20261102%2Fus-east-1%2Fecho%2Faws4_request' }, 'echo'],
  ['a target', { headers: { 'x-amz-target': 'DynamoDB_20120810.GetItem' } }, 'dynamodb'],
  ['a queue’s path', { path: '/000000000000/jobs' }, 'sqs'],
  ['a schedule’s path', { path: '/schedules/nightly' }, 'scheduler'],
  ['a form’s version', { body: 'Action=Publish&Version=2010-03-31' }, 'sns'],
])('an unsigned request is told by %s', async (_, request, service) => {
  const { send } = await setup({
    services: { [service]: async () => ({ status: 200, headers: {}, body: `this is ${service}` }) },
  });

  const { body } = await send(request);

  expect(body.toString()).toBe(`this is ${service}`);
});

test('a request that names no service is answered, not guessed', async () => {
  const { send } = await setup();

  expect(await send({ path: '/favicon.ico', method: 'GET' })).toMatchObject({ status: 400 });
});

test.each(['constructor', '__proto__', 'toString'])('a service called %s is no service', async (name) => {
  const { send } = await setup();

  expect(await send({ headers: { authorization: signedFor(name) } })).toMatchObject({ status: 400 });
});

test.each([
  ['JSON', (config: Config) => new SQSClient(config).send(new ListQueuesCommand({}))],
  ['query', (config: Config) => new SNSClient(config).send(new PublishCommand({ Message: 'x' }))],
  ['REST', (config: Config) => new SchedulerClient(config).send(new GetScheduleCommand({ Name: 'x' }))],
])('what a handler throws is an error with its message for a client of the %s protocol', async (_, call) => {
  const { front, send } = await setup({ services: { sqs: failing, sns: failing, scheduler: failing } });

  await expect(call({ ...clientConfig(front.origin), maxAttempts: 1 })).rejects.toThrow('disk <full> & "gone"');

  expect(await send({ headers: { authorization: signedFor('echo') } })).toMatchObject({ status: 200 });
});

type Config = ReturnType<typeof clientConfig> & { readonly maxAttempts: number };

test('a header that cannot be sent ends the request, not the front', async () => {
  const { send } = await setup({
    services: { broken: async () => ({ status: 200, headers: { 'x-broken': 'a\nb' }, body: '' }) },
  });

  await expect(send({ headers: { authorization: signedFor('broken') } })).rejects.toThrow('socket hang up');

  expect(await send({ headers: { authorization: signedFor('echo') } })).toMatchObject({ status: 200 });
});

test.each([
  ['announced', {}],
  ['in chunks', { 'transfer-encoding': 'chunked' }],
])('a body over 2 MiB, %s, is refused on a connection that stays good', async (_, headers) => {
  const { send, requests } = await setup();
  const authorization = signedFor('echo');

  const answer = await send({ headers: { authorization, ...headers }, body: Buffer.alloc(3 * 1024 * 1024) });

  expect(answer.status).toBe(413);
  expect(answer.body.toString()).toContain('up to 2 MiB');
  expect(requests).toEqual([]);
});

test('the client’s leaving is told to the handler', async () => {
  let aborted = false;
  const hanging: ServiceHandler = ({ signal }) =>
    new Promise((resolve) => {
      signal.addEventListener('abort', () => {
        aborted = true;
        resolve({ status: 200, headers: {}, body: '' });
      });
    });
  const { send } = await setup({ services: { hanging } });
  const client = new AbortController();
  const request = send({ headers: { authorization: signedFor('hanging') }, signal: client.signal });
  setTimeout(() => client.abort(), 20);

  await expect(request).rejects.toThrow();

  await vi.waitFor(() => expect(aborted).toBe(true), PATIENCE);
});

test('close ends connections in use and frees the port', async () => {
  const hanging: ServiceHandler = () => new Promise(() => {});
  const { front, send } = await setup({ services: { hanging } });
  const request = send({ headers: { authorization: signedFor('hanging') } });
  const outcome = expect(request).rejects.toThrow();
  await vi.waitFor(() => send({ method: 'GET', path: '/_belfry/health' }), PATIENCE);

  await front.close();

  await outcome;
  const again = await startFront({ services: {}, control: { token: 't', handlers: {} }, port: front.port });
  await again.close();
});

test('a taken port is an error that names it', async () => {
  const { front } = await setup();

  const second = startFront({ services: {}, control: { token: 't', handlers: {} }, port: front.port });

  await expect(second).rejects.toBeInstanceOf(PortInUseError);
  await expect(second).rejects.toThrow(`port ${front.port}`);
});

test('the whole cloud listens on one socket, on 127.0.0.1', async () => {
  const listen = vi.spyOn(Server.prototype, 'listen');
  const { front, dynamodb } = await startCloud();
  await dynamodb.send(new GetItemCommand({ TableName: 'none', Key: { a: { S: 'b' } } })).catch(() => {});

  const addresses = listen.mock.instances.map((server) => (server as Server).address() as AddressInfo);
  listen.mockRestore();

  expect(addresses).toEqual([{ address: '127.0.0.1', family: 'IPv4', port: front.port }]);
});
