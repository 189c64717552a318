import { join } from 'node:path';
import { limited, RUNNING, STORE_CONTRACT } from '../limits.ts';
import type { Emulator } from './emulator.ts';
import { installFromPyPi } from './pypi.ts';

/** API checks only: its functions need Docker, and nothing fires. Apache-2.0 licence. https://github.com/getmoto/moto */
export const moto: Emulator = {
  name: "moto's server 5.2.5",
  // With them it fails in the middle of the stack, and says that it is complete.
  leavesOut: ['key-tags'],
  limits: {
    ...limited('its Lambda needs Docker', RUNNING),
    [STORE_CONTRACT]: 'it checks a condition and writes in two steps, so two simultaneous claims win now and then',
  },
  // Its CloudFormation looks for templates at this name only.
  host: 'localhost',
  install: (directory) => installFromPyPi(directory, { requirements: 'moto.txt', python: 10 }),
  command: ({ directory, port }) => ({
    command: [join(directory, 'bin/moto_server'), '--host', '127.0.0.1', '--port', String(port)],
    environment: { PYTHONDONTWRITEBYTECODE: '1' },
  }),
};
