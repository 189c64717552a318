import { describe, expect, test } from 'vitest';
import { DAY, epochMs, plus } from '../../lib/units.ts';
import { findDeadLetters } from '../../lib/watchdog/dead-letters.ts';
import { createWatchdogHarness } from '../support/watchdog/harness.ts';

/** An app of some jobs, right before the check of five past two. */
async function setup(jobs: readonly string[] = ['report', 'billing']) {
  const harness = createWatchdogHarness({
    start: '2027-03-02T01:50:30Z',
    jobs: Object.fromEntries(jobs.map((name) => [name, {}])),
    schedules: {},
  });
  const asked: string[] = [];
  const failing = new Set<string>();
  harness.circumstances.between = (ports) => ({
    ...ports,
    async countMessages(queue) {
      asked.push(queue);
      if (failing.has(queue)) throw new Error('ThrottlingException');
      return ports.countMessages(queue);
    },
  });
  await harness.advanceTo('2027-03-02T02:00:30Z');
  asked.length = 0;
  return { harness, asked, failing };
}

/** A check now, whenever the last was. */
const anew = (harness: Awaited<ReturnType<typeof setup>>['harness']) =>
  harness.check((pass) =>
    findDeadLetters({
      ...pass,
      state: { ...pass.state, checks: { ...pass.state.checks, deadLettersDueAt: epochMs(0) } },
    }),
  );

describe('dead-letter queues', () => {
  test('are asked every five minutes, those of all jobs and that of the deliveries, each once', async () => {
    const { harness, asked } = await setup();

    await harness.advanceTo('2027-03-02T02:20:30Z');

    expect(asked.slice(0, 3).sort()).toEqual(['app-dev-billing-dlq', 'app-dev-report-dlq', 'app-dev-undelivered']);
    expect(asked).toHaveLength(4 * 3);
  });

  test('that are empty are nothing to report', async () => {
    const { harness } = await setup();

    expect(await anew(harness)).toEqual({ kind: 'dead-letters', conditions: [], unknown: [], problems: [] });
  });

  test('that are not empty are reported with how many there are, how to look at them and how to move them back', async () => {
    const { harness } = await setup();
    harness.deadLetters.set('app-dev-report-dlq', 3);

    const found = await anew(harness);

    expect(found?.conditions).toEqual([
      {
        story: 'dead-letters:report',
        kind: 'dead-letters',
        job: 'report',
        since: harness.now,
        subject: '[dev] report has 3 dead letters',
        command:
          'aws sqs receive-message --queue-url https://sqs.eu-north-1.amazonaws.com/1/app-dev-report-dlq --message-attribute-names All --max-number-of-messages 10 --visibility-timeout 0 --region eu-north-1',
        lines: expect.arrayContaining([
          'Queue      app-dev-report-dlq',
          'Move back  aws sqs start-message-move-task --source-arn arn:aws:sqs:eu-north-1:1:app-dev-report-dlq --destination-arn arn:aws:sqs:eu-north-1:1:app-dev-report --region eu-north-1',
        ]),
      },
    ]);
  });

  test('of what EventBridge could not deliver are reported without a job, and with what to do', async () => {
    const { harness } = await setup();
    harness.deadLetters.set('app-dev-undelivered', 1);

    const found = await anew(harness);

    expect(found?.conditions).toMatchObject([
      { story: 'dead-letters:undelivered', subject: '[dev] EventBridge could not deliver 1 due time' },
    ]);
    expect(found?.conditions[0]).not.toHaveProperty('job');
    expect(found?.conditions[0]?.lines.join('\n')).toContain('ERROR_CODE');
  });

  test('one of which cannot be asked do not keep the others from being reported, and nothing is said of that one', async () => {
    const { harness, failing } = await setup();
    harness.deadLetters.set('app-dev-report-dlq', 1).set('app-dev-billing-dlq', 1);
    failing.add('app-dev-report-dlq');

    const found = await anew(harness);

    expect(found?.conditions.map(({ story }) => story)).toEqual(['dead-letters:billing']);
    expect(found?.unknown).toEqual(['dead-letters:report']);
    expect(found?.problems).toEqual([
      'queue app-dev-report-dlq cannot be asked for dead letters: Error: ThrottlingException',
    ]);
  });

  test('one of which could not be asked are asked again by the next pass, which has failed for it', async () => {
    const { harness, asked, failing } = await setup();
    failing.add('app-dev-report-dlq');
    await harness.advanceTo('2027-03-02T02:06:30Z');
    expect(String(harness.passes.at(-1)?.error)).toContain('app-dev-report-dlq cannot be asked');
    failing.clear();
    asked.length = 0;

    await harness.advanceTo('2027-03-02T02:07:30Z');

    expect(asked).toHaveLength(3);
    expect(harness.passes.at(-1)?.error).toBeUndefined();
  });

  test('that do not answer are not asked on and on: after three the pass asks no more', async () => {
    const jobs = Array.from({ length: 60 }, (_, index) => `job${index}`);
    const { harness, asked, failing } = await setup(jobs);
    for (const job of jobs) failing.add(`app-dev-${job}-dlq`);

    const found = await anew(harness);

    // A batch is in flight when the first answers come.
    expect(asked).toHaveLength(20);
    expect(found?.unknown).toHaveLength(61);
  });

  test('are asked all the same when the clock was far ahead and was set back', async () => {
    const { harness } = await setup();

    const found = await harness.check((pass) =>
      findDeadLetters({
        ...pass,
        state: {
          ...pass.state,
          checks: { ...pass.state.checks, deadLettersDueAt: plus(pass.dueAt, DAY) },
        },
      }),
    );

    expect(found).toBeDefined();
  });
});
