import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { watchOverlaps } from '../../lib/forecast/overlaps.ts';
import type { OverlapPolicy } from '../../lib/job/overlap.ts';
import { epochMs, milliseconds } from '../../lib/units.ts';

interface Timeline {
  /** Ascending. */
  readonly times: readonly number[];
  readonly length: number;
  readonly policy: OverlapPolicy;
}

interface Result {
  /** For each run the number of the one that it met. */
  readonly met: readonly (number | undefined)[];
  readonly mostAtOnce: number;
}

function watched({ times, length, policy }: Timeline): Result {
  const watch = watchOverlaps(policy, milliseconds(length));
  const met = times.map((time, index) => watch.add({ time: epochMs(time), schedule: String(index) })?.schedule);
  return { met: met.map((index) => (index === undefined ? undefined : Number(index))), mostAtOnce: watch.mostAtOnce };
}

/** Looks at every instant there is, and at everything that was going then. */
function byEveryInstant({ times, length, policy }: Timeline): Result {
  const met: (number | undefined)[] = [];
  const going: { readonly run: number; readonly end: number }[] = [];
  let mostAtOnce = 0;
  for (let instant = 0; instant <= (times.at(-1) ?? 0); instant++) {
    for (const [run, time] of times.entries()) {
      if (time !== instant) continue;
      met[run] = going.find(({ end }) => end > instant)?.run;
      if (met[run] === undefined || policy === 'allow') going.push({ run, end: time + length });
      mostAtOnce = Math.max(mostAtOnce, going.filter(({ end }) => end > instant).length);
    }
  }
  return { met: times.map((_, run) => met[run]), mostAtOnce: length === 0 ? Math.min(1, times.length) : mostAtOnce };
}

describe('of runs that are due while another of their job is going', () => {
  test('under skip those that are skipped take no time', () => {
    expect(watched({ times: [0, 5, 10, 15, 20], length: 12, policy: 'skip' })).toEqual({
      met: [undefined, 0, 0, undefined, 3],
      mostAtOnce: 1,
    });
  });

  test('under allow all take their time, and each is told of the first that is going', () => {
    expect(watched({ times: [0, 5, 10, 15, 20], length: 12, policy: 'allow' })).toEqual({
      met: [undefined, 0, 0, 1, 2],
      mostAtOnce: 3,
    });
  });

  test('one that is due as another ends is none', () => {
    expect(watched({ times: [0, 10], length: 10, policy: 'skip' }).met).toEqual([undefined, undefined]);
  });

  test('two that are due at once are: the second meets the first', () => {
    expect(watched({ times: [10, 10], length: 1, policy: 'skip' }).met).toEqual([undefined, 0]);
  });

  test('what a look at every instant would find is found', () => {
    const timelines = fc.record({
      times: fc.array(fc.nat({ max: 200 }), { maxLength: 60 }).map((times) => times.toSorted((a, b) => a - b)),
      length: fc.integer({ min: 0, max: 80 }),
      policy: fc.constantFrom<OverlapPolicy>('skip', 'allow'),
    });

    fc.assert(
      fc.property(timelines, (timeline) => {
        expect(watched(timeline)).toEqual(byEveryInstant(timeline));
      }),
      { numRuns: 500 },
    );
  });

  test('many are followed without keeping those that are over', () => {
    const times = Array.from({ length: 10_000 }, (_, index) => index);

    expect(watched({ times, length: 3, policy: 'allow' }).met.slice(-2)).toEqual([9996, 9997]);
  });
});
