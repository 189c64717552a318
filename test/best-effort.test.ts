import { expect, test } from 'vitest';
import { bestEffort } from '../lib/best-effort.ts';

test('a step that succeeds reports no failure, and is awaited', async () => {
  const events: unknown[] = [];

  await bestEffort(
    async () => {
      await Promise.resolve();
      events.push('done');
    },
    (error) => events.push(error),
  );

  expect(events).toEqual(['done']);
});

test('a step that fails, at once or later, reports its error and throws nothing', async () => {
  const failures: unknown[] = [];
  const error = new Error('the lock cannot be released');
  const throwsAtOnce = (): Promise<void> => {
    throw error;
  };

  await bestEffort(
    () => Promise.reject(error),
    (failure) => failures.push(failure),
  );
  await bestEffort(throwsAtOnce, (failure) => failures.push(failure));

  expect(failures).toEqual([error, error]);
});
