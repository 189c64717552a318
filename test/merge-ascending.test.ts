import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergeAscending } from '../lib/merge-ascending.ts';

test('a merge has every value of every sequence in order, of equal ones the earlier sequence first', () => {
  const sequences = fc.array(
    fc.array(fc.nat({ max: 30 })).map((values) => values.toSorted((a, b) => a - b)),
    { maxLength: 12 },
  );

  fc.assert(
    fc.property(sequences, (all) => {
      const sorted = all
        .flatMap((values, source) => values.map((value) => ({ value, source })))
        .toSorted((one, other) => one.value - other.value || one.source - other.source);

      expect([...mergeAscending(all, (value) => value)]).toEqual(sorted);
    }),
  );
});
