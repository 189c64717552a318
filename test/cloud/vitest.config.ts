import { defineConfig } from 'vitest/config';

/** The checks of a running cloud. `npm run test:cloud` says which one; they are no part of `npm test`. */
export default defineConfig({
  test: {
    include: ['test/cloud/checks*/**/*.cloud.ts'],
    // Checks wait for queues and clocks, and hardly ever compute.
    maxWorkers: 6,
    maxConcurrency: 20,
    // Vitest looks at every member of what it imports, also at those that Node is about to remove.
    execArgv: ['--no-deprecation'],
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  },
});
