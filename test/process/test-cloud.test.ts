import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BelfryCommand, type CommandEnd } from './support/belfry-command.ts';
import { eventually } from './support/eventually.ts';

const REPOSITORY = join(import.meta.dirname, '../..');

const start = (...args: readonly string[]): BelfryCommand =>
  new BelfryCommand(['node', '--import', 'tsx', 'test/cloud/main.ts', ...args], { directory: REPOSITORY });

const testCloud = (...args: readonly string[]): Promise<CommandEnd> => start(...args).end();

const lastLine = ({ stdout }: CommandEnd): string => stdout.trim().split('\n').at(-1) ?? '';

describe('the suite of checks, on a cloud that has nothing but one queue', () => {
  let server: Server;
  let endpoint = '';
  /** The names by which the operations that it was asked for are called. */
  const asked: string[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.url === '/_belfry/health') return response.end('{"status":"ok"}');
      const operation = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
      asked.push(operation);
      if (operation === 'GetItem') return response.end('{}');
      if (operation === 'GetQueueUrl')
        return response.end(JSON.stringify({ QueueUrl: `${endpoint}/000000000000/queue` }));
      response.statusCode = 400;
      return response.end('{"__type":"AccessDenied","message":"not here"}');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());

  test('counts a check that fails, and says why', async () => {
    const end = await testCloud('--attach', endpoint, '--only', 'dead-letter queues keep dead letters');

    expect(asked).toContain('GetQueueAttributes');
    expect(end.stdout).toMatch(/^failed +dead-letter queues keep dead letters for 14 days/m);
    expect(end.stdout).toContain('AccessDenied: not here');
    expect(lastLine(end)).toBe('0 passed, 1 failed, 0 not supported');
    expect(end.code).toBe(1);
  });

  test('makes no check that is known not to be supported, and does not pass for it', async () => {
    const end = await testCloud('--attach', endpoint, '--only', 'functions write to a log group');

    expect(end.stdout).toContain('it runs functions, but has no Lambda API');
    expect(lastLine(end)).toBe('0 passed, 0 failed, 1 not supported');
    expect(end.code).toBe(1);
  });

  test('ends in order when it is interrupted in the middle of a check', async () => {
    const command = start('--attach', endpoint, '--only', 'a due time of a schedule');
    await eventually('a check that waits', () => asked.includes('GetItem'));

    command.interrupt();

    const end = await command.end();
    expect(end.stdout, end.stderr).toContain('SIGINT: no further check is made');
    expect(end.stderr).toBe('');
    expect(lastLine(end)).toMatch(/^0 passed, \d failed, 0 not supported$/);
    expect(end.code).toBe(1);
  });
});

describe('the arguments of the suite', () => {
  test.each([
    ['an address of AWS', ['--attach', 'https://sqs.eu-north-1.amazonaws.com'], 'That is AWS itself'],
    ['two modes', ['--attach', '--aws'], "cannot be used with option '--aws'"],
    ['to serve what is checked', ['--serve', '--attach'], '--serve goes alone, or with --emulator'],
    ['a check that there is not', ['--only', 'no such check'], 'no check has "no such check" in its name'],
    ['a stage of somebody else on AWS', ['--aws', '--stage', 'prod'], 'stages of its own only; write --stage it<name>'],
    ['no endpoint to deploy to', ['--deploy'], 'give the endpoint, or set AWS_ENDPOINT_URL'],
    ['a tear-down of nothing in particular', ['--teardown', '--stage', 'itx'], '--yes and --teardown go with --aws'],
    ['to keep what is not deployed', ['--attach', '--keep'], '--keep goes with --deploy or --emulator'],
    ['an emulator that nobody knows', ['--emulator', 'floci'], 'Allowed choices are ministack, localstack, moto'],
  ])('refuse %s', async (_, args, says) => {
    const { code, stderr } = await testCloud(...args);

    expect(stderr).toContain(says);
    expect(code).toBe(2);
  });
});
