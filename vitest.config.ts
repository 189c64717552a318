import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // On two cores Vitest would take one worker; tests of processes mostly wait.
    maxWorkers: 2,
    // Bounds for a test that hangs, never a measure of speed: on a busy machine five seconds are soon over.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    env: {
      // The SDK says on every start that releases from 2027 on need Node 22; CONTRIBUTING says it once.
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    },
  },
});
