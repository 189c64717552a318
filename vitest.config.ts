import { configDefaults, defineConfig } from 'vitest/config';
import { testEnvironment } from './test/support/environment.ts';

/** `npm test`. The tests of `test/process` and `test/types` have a configuration of their own: `npm run test:process`. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, 'test/process/**', 'test/types/**'],
    // On two cores Vitest would take one worker; tests that start processes mostly wait.
    maxWorkers: 4,
    // Bounds for a test that hangs, never a measure of speed: on a busy machine five seconds are soon over.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    env: testEnvironment(),
  },
});
