import { expect, test } from 'vitest';
import { readDrop } from '../../../lib/cli/shared/options.ts';

test('a drop names a schedule and how many of its due times, once more for each schedule', () => {
  const first = readDrop('nightly=2');

  expect(readDrop('report.eu=10', first)).toEqual([
    { schedule: 'nightly', count: 2 },
    { schedule: 'report.eu', count: 10 },
  ]);
});

test.each(['nightly', 'nightly=', '=1', 'nightly=0', 'nightly=-1', 'nightly=1.5', 'nightly=one'])(
  'a drop is refused that says neither: %s',
  (text) => {
    expect(() => readDrop(text)).toThrow(/from 1: nightly=2/);
  },
);
