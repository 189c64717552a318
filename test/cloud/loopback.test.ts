import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, test } from 'vitest';
import { requireLoopback } from './support/loopback.ts';

/** Whether a port is taken for one of this machine only, while a server listens on it. */
async function judge(host: string): Promise<string> {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  try {
    return await requireLoopback((server.address() as AddressInfo).port).then(
      () => 'this machine only',
      () => 'refused',
    );
  } finally {
    server.close();
  }
}

test.runIf(process.platform === 'linux')('an emulator that listens for other machines is refused', async () => {
  expect(await judge('127.0.0.1')).toBe('this machine only');
  expect(await judge('0.0.0.0')).toBe('refused');
});
