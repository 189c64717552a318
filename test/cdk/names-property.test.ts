import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InvalidAppError } from '../../lib/app/check-report.ts';
import { Belfry } from '../../lib/cdk/belfry.ts';
import { defineJob, type Schedules, schedule } from '../../lib/entry/belfry.ts';
import { identitiesIn, stacksIn } from './identities.ts';
import { createApp, jobFile } from './support.ts';

/** Words that names are made of by joining some of them: where two ways of joining meet, so would the names. */
const word = fc.constantFrom('a', 'b', 'ab', 'dev', 'run', 'runs', 'dlq', 'x', 'alerts', 'undelivered', 'watchdogs');
const joined = fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => words.join('-'));
const deployment = fc.record({
  app: fc.oneof({ weight: 9, arbitrary: word }, joined),
  stage: fc.oneof({ weight: 9, arbitrary: word }, joined),
  jobs: fc.uniqueArray(fc.record({ name: joined, group: fc.oneof(fc.constant(''), joined) }), {
    minLength: 1,
    maxLength: 3,
    selector: ({ name }) => name,
  }),
  ids: fc.uniqueArray(joined, { minLength: 1, maxLength: 3 }),
});

type Written = typeof deployment extends fc.Arbitrary<infer Value> ? Value : never;

/** The folder with its templates; undefined where the names are refused. */
function synthesize({ jobs, ids, ...names }: Written): string | undefined {
  const files = jobs.map(({ name, group }) => jobFile(defineJob(name, { run() {} }), group));
  const job = defineJob(jobs[0]?.name ?? '', { run() {} });
  const schedules: Schedules = Object.fromEntries(ids.map((each) => [each, schedule(job, { cron: '0 9 13 * fri' })]));
  const app = createApp();
  try {
    new Belfry(app, 'Belfry', { ...names, stages: { [names.stage]: {} }, jobs: files, schedules });
  } catch (error) {
    if (error instanceof InvalidAppError) return undefined;
    throw error;
  }
  return app.synth().directory;
}

const RUNS = process.env.THOROUGH === undefined ? 25 : 400;

test('no stack and no resource of two deployments has the name of another, or the names are refused', () => {
  let compared = 0;
  fc.assert(
    fc.property(deployment, deployment, (one, other) => {
      fc.pre(one.app !== other.app || one.stage !== other.stage);
      const directories = [synthesize(one), synthesize(other)].filter((each) => each !== undefined);
      const keys = directories.flatMap((directory) => identitiesIn(directory).map(({ key }) => key));
      const stacks = directories.flatMap((directory) => stacksIn(directory));

      expect(keys.length).toBe(new Set(keys).size);
      expect(stacks.length).toBe(new Set(stacks).size);
      if (directories.length === 2) compared += 1;
    }),
    { numRuns: RUNS, examples: EXAMPLES },
  );
  expect(compared).toBeGreaterThan(RUNS / 4);
});

const simple = { jobs: [{ name: 'run', group: '' }], ids: ['nightly'] };

/** Pairs that once were deployed over each other. */
const EXAMPLES: [Written, Written][] = [
  [
    { ...simple, app: 'shop', stage: 'dev', jobs: [{ name: 'run', group: 'reports' }] },
    { ...simple, app: 'shop', stage: 'dev-reports' },
  ],
  [
    { ...simple, app: 'a-b', stage: 'c' },
    { ...simple, app: 'a', stage: 'b-c' },
  ],
  [
    { ...simple, app: 'a', stage: 'dev' },
    { ...simple, app: 'a', stage: 'prod' },
  ],
  [
    { ...simple, app: 'ab', stage: 'c' },
    { ...simple, app: 'a', stage: 'bc' },
  ],
  [
    { ...simple, app: 'a', stage: 'x', jobs: [{ name: 'run', group: '' }] },
    { ...simple, app: 'a', stage: 'b', jobs: [{ name: 'x-run', group: 'run' }] },
  ],
];
