import { readFile } from 'node:fs/promises';

const LOOPBACK = new Set(['0100007F', '00000000000000000000000001000000', '0000000000000000FFFF00000100007F']);
const LISTENING = '0A';

/**
 * Makes sure that a port is open to this machine only. Looks at Linux's tables of sockets; elsewhere it knows nothing.
 *
 * @throws Error when somebody listens on it for other machines
 */
export async function requireLoopback(port: number): Promise<void> {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    const text = await readFile(table, 'utf8').catch(() => '');
    for (const line of text.split('\n').slice(1)) {
      const [, local = '', , state] = line.trim().split(/\s+/);
      if (state !== LISTENING || !local.endsWith(suffix)) continue;
      if (!LOOPBACK.has(local.slice(0, -suffix.length))) {
        throw new Error(`port ${port} is open to other machines (${local}): the emulator was started wrongly`);
      }
    }
  }
}
