import { join } from 'node:path';
import type { Emulator } from './emulator.ts';
import { installFromPyPi } from './pypi.ts';

/** Fires cron in UTC, runs Node handlers as local processes. MIT licence. https://github.com/ministackorg/ministack */
export const ministack: Emulator = {
  name: 'MiniStack 1.5.33',
  leavesOut: ['metric-math'],
  limits: {},
  takesNeighbours: true,
  install: (directory) => installFromPyPi(directory, { requirements: 'ministack.txt', python: 10 }),
  command: ({ directory, scratch, port }) => ({
    command: [join(directory, 'bin/ministack')],
    environment: {
      BIND_HOST: '127.0.0.1',
      // What queue URLs begin with.
      MINISTACK_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      STATE_DIR: join(scratch, 'state'),
      S3_DATA_DIR: join(scratch, 's3'),
      LOG_LEVEL: 'WARNING',
    },
  }),
};
