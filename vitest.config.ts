import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // On two cores Vitest would take one worker; tests of processes mostly wait.
    maxWorkers: 2,
    env: {
      // The SDK says on every start that releases from 2027 on need Node 22; CONTRIBUTING says it once.
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    },
  },
});
