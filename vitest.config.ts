import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Waits for real minutes and hardly ever computes: begun first, it is over when the others are. */
const LONGEST = /\/test\/process\/watchdog\.test\.ts$/;

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLongest = ({ moduleId }: TestSpecification) => LONGEST.test(moduleId);
    const sorted = await super.sort(files);
    return [...sorted.filter(isLongest), ...sorted.filter((file) => !isLongest(file))];
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // On two cores Vitest would take one worker; tests of processes mostly wait, one of them for minutes.
    maxWorkers: 4,
    sequence: { sequencer: LongestFirst },
    // Bounds for a test that hangs, never a measure of speed: on a busy machine five seconds are soon over.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    env: {
      // The SDK says on every start that releases from 2027 on need Node 22; CONTRIBUTING says it once.
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    },
  },
});
