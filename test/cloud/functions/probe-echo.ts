import * as z from 'zod/mini';
import { defineJob } from '../../../lib/index.ts';

/** Returns its input. */
export default defineJob('probe-echo', {
  input: z.object({ text: z.string() }),
  timeout: '10 seconds',
  run: ({ text }) => text,
});
