import { configDefaults, defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { testEnvironment } from './test/support/environment.ts';

/** Each imports the CDK, which takes longer than most of their tests. */
const CDK = ['test/app/**/*.test.ts', 'test/cdk/**/*.test.ts'];
const OWN_CONFIGURATION = ['test/process/**', 'test/types/**'];

const project = (name: string, files: TestProjectInlineConfiguration['test']): TestProjectInlineConfiguration => ({
  extends: true,
  test: { name, ...files, exclude: [...configDefaults.exclude, ...(files?.exclude ?? [])] },
});

/** `npm test`. The tests of `test/process` and `test/types` have a configuration of their own: `npm run test:process`. */
export default defineConfig({
  test: {
    projects: [
      // A worker imports the CDK once for all its files: these tests keep nothing in modules.
      project('cdk', { include: CDK, isolate: false }),
      project('all others', { include: ['test/**/*.test.ts'], exclude: [...CDK, ...OWN_CONFIGURATION] }),
    ],
    globalSetup: 'test/support/scratch-folder.ts',
    // On two cores Vitest would take one worker; tests that start processes mostly wait.
    maxWorkers: 4,
    // Bounds for a test that hangs, never a measure of speed: on a busy machine five seconds are soon over.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    env: testEnvironment(),
  },
});
