import { defineJob } from 'belfry';
import * as z from 'zod/mini';

/** Returns its input. */
export default defineJob('probe-echo', {
  input: z.object({ text: z.string() }),
  timeout: '10 seconds',
  run: ({ text }) => text,
});
