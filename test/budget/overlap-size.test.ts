import { expect, test } from 'vitest';
import { OVERLAP_POLICIES } from '../../lib/job/overlap.ts';
import { bytesIn, ownCode } from './own-code.ts';

const others = Object.fromEntries(OVERLAP_POLICIES.map((overlap) => [`job-${overlap}`, { overlap }]));

/** Names are minified by how often they occur in a file, which changes when files are cut otherwise. */
const NAMES = 1.01;

const gateOf = (policy: string): string => `lib/run/overlap/${policy}.ts`;

test.each(OVERLAP_POLICIES)(
  'a function of overlap %s does not grow when jobs of other policies are added',
  async (overlap) => {
    const alone = await ownCode({ jobs: { measured: { overlap }, twin: { overlap } } });
    const beside = await ownCode({ jobs: { measured: { overlap }, ...others } });

    expect([...beside.keys()].sort()).toEqual([...alone.keys()].sort());
    expect(bytesIn(beside)).toBeLessThanOrEqual(bytesIn(alone) * NAMES);
    expect(OVERLAP_POLICIES.filter((each) => beside.has(gateOf(each)))).toEqual([overlap]);
  },
);

test('a function without a lock carries no code for one', async () => {
  const sources = [...(await ownCode({ jobs: { measured: { overlap: 'allow' }, ...others } })).keys()];

  expect(sources.filter((source) => /[-/]lock/.test(source))).toEqual([]);
});
