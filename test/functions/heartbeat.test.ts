import { runJob } from 'belfry/testing';
import { afterEach, expect, test, vi } from 'vitest';
import heartbeat from '../../functions/heartbeat.ts';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
});

test('is alive without a watcher', async () => {
  const { outcome } = await runJob(heartbeat, undefined);

  expect(outcome).toEqual({ kind: 'completed', result: { alive: true } });
});

test('tells the watcher which run it is', async () => {
  const calls: unknown[] = [];
  vi.stubEnv('HEARTBEAT_URL', 'https://watcher.example/abc');
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    calls.push([url, init.method, init.body]);
    return new Response('OK');
  });

  const { outcome, record } = await runJob(heartbeat, undefined, { now: new Date('2027-03-02T02:00:30Z') });

  expect(record.id).toBe('heartbeat/2027-03-02T02:00Z/test');
  expect(calls).toEqual([['https://watcher.example/abc', 'POST', 'heartbeat/2027-03-02T02:00Z/test']]);
  expect(outcome).toEqual({ kind: 'completed', result: { alive: true, watcher: 200 } });
});

test('is retried when the watcher refuses', async () => {
  vi.stubEnv('HEARTBEAT_URL', 'https://watcher.example/abc');
  vi.stubGlobal('fetch', async () => new Response('no', { status: 503 }));

  const { outcome } = await runJob(heartbeat, undefined);

  expect(outcome).toMatchObject({ kind: 'retrying', error: { message: 'the watcher answered 503' } });
});
