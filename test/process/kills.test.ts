import { expect, test } from 'vitest';
import { runCampaign } from '../kills/campaign.ts';

/** A short campaign; `npm run kills -- --count 100` is a long one. */

test('two kills of the embedded cloud or its workers under load lose nothing and repeat nothing unrecorded', {
  timeout: 20 * 60_000,
}, async () => {
  const said: string[] = [];

  const violations = await runCampaign({ count: 2, seed: 12, say: (text) => said.push(text) });

  expect(violations).toEqual([]);
  expect(said).toEqual([
    expect.stringMatching(/^SIGKILL cloud \d/),
    expect.stringMatching(/^SIGKILL worker \d/),
    expect.stringMatching(/^audited [1-9]\d* runs, [1-9]\d* of them requested; [1-9]\d* attempts had begun$/),
  ]);
});
