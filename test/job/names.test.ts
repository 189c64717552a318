import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DEPLOYMENT_NAME, JOB_NAME, jobNames, SCHEDULE_ID, stageNames } from '../../lib/job/names.ts';
import { namedExpressions } from '../../lib/job/schedule-names.ts';

const LIMIT = 64;
const matching = (pattern: RegExp) => fc.stringMatching(pattern);
const entry = fc.record({
  id: matching(SCHEDULE_ID),
  expressions: fc.constantFrom(['cron(0 1 * * ? *)'], ['cron(0 1 1 * ? *)', 'cron(0 1 ? * 2 *)']),
});
const deployment = fc.record({ app: matching(DEPLOYMENT_NAME), stage: matching(DEPLOYMENT_NAME) });

const namesOf = (prefix: string, one: { id: string; expressions: readonly string[] }): readonly string[] =>
  namedExpressions(prefix, one).map(({ name }) => name);

test('a schedule’s name is allowed by EventBridge, whatever app, stage and id', () => {
  fc.assert(
    fc.property(deployment, entry, (which, one) => {
      for (const name of namesOf(stageNames(which).prefix, one)) expect(name).toMatch(/^[0-9A-Za-z\-_.]{1,64}$/);
    }),
  );
});

test('a schedule is named after its deployment and its id', () => {
  const [short] = namesOf('shop-dev', { id: 'nightly', expressions: ['cron(0 1 * * ? *)'] });
  const long = namesOf('twelvecharsx-twelvecharsx', { id: 'a'.repeat(40), expressions: ['one', 'two'] });

  expect(short).toBe('shop-dev-nightly');
  expect(long).toEqual([
    expect.stringMatching(/^twelvecharsx-twelvecharsx-a{24}_[0-9a-z]{13}$/),
    expect.stringMatching(/^twelvecharsx-twelvecharsx-a{24}_[0-9a-z]{13}$/),
  ]);
  expect(new Set(long).size).toBe(2);
});

test('two entries of any deployments never share a schedule’s name', () => {
  const long = fc.record({
    id: fc
      .tuple(fc.constantFrom('a', 'b', '.', '-'), fc.constantFrom(38, 39))
      .map(([end, count]) => `${'x'.repeat(count)}${end}`),
    expressions: fc.constantFrom(['one'], ['one', 'two']),
  });
  const which = fc.constantFrom(
    ...['ab', 'abcdefghijkl'].flatMap((app) => ['ab', 'abcdefghijkl'].map((stage) => ({ app, stage }))),
  );
  fc.assert(
    fc.property(which, which, fc.oneof(entry, long), fc.oneof(entry, long), (one, other, first, second) => {
      const isSame = JSON.stringify([one, first.id]) === JSON.stringify([other, second.id]);
      fc.pre(!isSame);
      const [names, others] = [namesOf(stageNames(one).prefix, first), namesOf(stageNames(other).prefix, second)];

      expect(new Set([...names, ...others]).size).toBe(names.length + others.length);
    }),
    { numRuns: 2000 },
  );
});

test('names of jobs differ over deployments, and only names of one job begin with another’s', () => {
  fc.assert(
    fc.property(deployment, deployment, matching(JOB_NAME), matching(JOB_NAME), (one, other, job, second) => {
      fc.pre(one.app !== other.app || one.stage !== other.stage);

      expect(jobNames(one, job).function).not.toBe(jobNames(other, second).function);
      expect(jobNames(one, job).queue.length).toBeLessThanOrEqual(LIMIT + 2);
    }),
    { numRuns: 2000 },
  );
});
