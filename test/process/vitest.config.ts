import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { testEnvironment } from '../support/environment.ts';

/** Waits for real minutes and hardly ever computes: begun first, it is over when the others are. */
const LONGEST = /\/watchdog\.test\.ts$/;

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLongest = ({ moduleId }: TestSpecification) => LONGEST.test(moduleId);
    const sorted = await super.sort(files);
    return [...sorted.filter(isLongest), ...sorted.filter((file) => !isLongest(file))];
  }
}

/** `npm run test:process`: the commands as processes, by real time, and the compiler. Of each command, `npm test` has one test. */
export default defineConfig({
  test: {
    root: join(import.meta.dirname, '../..'),
    include: ['test/process/**/*.test.ts', 'test/types/**/*.test.ts'],
    globalSetup: 'test/support/scratch-folder.ts',
    // On two cores Vitest would take one worker; these tests mostly wait, one of them for minutes.
    maxWorkers: 4,
    // Bounds for a test that hangs, never a measure of speed.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    sequence: { sequencer: LongestFirst },
    env: testEnvironment(),
  },
});
