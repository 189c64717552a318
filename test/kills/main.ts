/** `npm run kills -- --count n [--seed s]`: kills and freezes the embedded cloud and its workers under load, and audits. */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { runCampaign } from './campaign.ts';

const { values } = parseArgs({ options: { count: { type: 'string', default: '10' }, seed: { type: 'string' } } });
const count = wholeNumber('--count', values.count);
const seed = values.seed === undefined ? randomInt(1, 2 ** 31) : wholeNumber('--seed', values.seed);

const startedAt = performance.now();
const violations = await runCampaign({
  count,
  seed,
  say: (text) =>
    process.stdout.write(`${((performance.now() - startedAt) / 1000).toFixed(1).padStart(7)} s  ${text}\n`),
});
for (const violation of violations) process.stdout.write(`violation: ${violation}\n`);
process.stdout.write(`the same kills again: npm run kills -- --count ${count} --seed ${seed}\n`);
process.stdout.write(`${count} kills, ${violations.length} violations\n`);
process.exitCode = violations.length === 0 ? 0 : 1;

function wholeNumber(option: string, text: string): number {
  if (/^[1-9]\d{0,9}$/.test(text)) return Number(text);
  throw new RangeError(`${option} takes a whole number from 1; this is ${JSON.stringify(text)}`);
}
