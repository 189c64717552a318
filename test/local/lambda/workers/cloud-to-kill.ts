/** A cloud with one frozen and one running function, for a test to kill. Run by tsx; writes their process ids. */
import { setTimeout } from 'node:timers/promises';
import { createTestPool } from './functions.ts';

const { pool, logs } = createTestPool(`
export const handler = async ({ forever }) => {
  console.log('pid', process.pid);
  if (forever) await new Promise((resolve) => setTimeout(resolve, 60_000));
};
`);

const running = pool.invoke({ forever: true });
await pool.invoke({ forever: false });
// What the first has written may be read after the second has answered.
while (logs.length < 2) await setTimeout(20);
const pids = logs.map(({ line }) => line.split(' ')[1]);
process.stdout.write(`${pids.join(' ')}\n`);
await running;
