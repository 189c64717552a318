import { describe, expect, test } from 'vitest';
import { epochMs } from '../../lib/units.ts';
import { intercepted } from '../support/intercepted.ts';
import { replaced } from '../support/replaced.ts';
import { oneIn } from '../support/thorough.ts';
import { BREAKS, type Break } from '../support/watchdog/breaking.ts';
import { createWatchdogHarness, type Sender, type WatchdogHarness } from '../support/watchdog/harness.ts';

const ONCE = { retry: { maxAttempts: 1 } } as const;
const JOBS = Array.from({ length: 40 }, (_, index) => `job-${String(index).padStart(2, '0')}`);

/** Forty jobs that are due at two and fail in the same second. */
function midnight(overrides: { readonly at?: string } = {}): WatchdogHarness {
  const harness = createWatchdogHarness({
    start: '2027-03-02T01:50:30Z',
    bundlesAlerts: true,
    jobs: Object.fromEntries(JOBS.map((job) => [job, ONCE])),
    schedules: Object.fromEntries(
      JOBS.map((job) => [job, { job, expressions: [`cron(${overrides.at ?? '0 2'} * * ? *)`] }]),
    ),
  });
  harness.circumstances.behaves = () => ({ does: 'fail', seconds: 5 });
  return harness;
}

/** An hourly job that fails until an instant and completes from then on. */
function hourly(failsUntil: string, more: { readonly expression?: string } = {}): WatchdogHarness {
  const harness = createWatchdogHarness({
    start: '2027-03-02T01:50:30Z',
    bundlesAlerts: true,
    jobs: { report: ONCE },
    schedules: { hourly: { expressions: [more.expression ?? 'cron(0 * * * ? *)'] } },
  });
  harness.circumstances.behaves = () => ({
    does: harness.now < Date.parse(failsUntil) ? 'fail' : 'complete',
    seconds: 5,
  });
  return harness;
}

const subjects = ({ alerts }: WatchdogHarness) => alerts.map(({ subject }) => subject);
const textOf = ({ alerts }: WatchdogHarness) => alerts.map(({ subject, body }) => `${subject}\n${body}`).join('\n');
const isIn = (harness: WatchdogHarness, from: string, to: string) =>
  harness.now >= Date.parse(from) && harness.now < Date.parse(to);

describe('forty jobs that fail in the same second', () => {
  test('make at most five messages, which name all of them: three at once and the rest in one list', async () => {
    const harness = midnight();

    await harness.advanceTo('2027-03-02T02:02:00Z');

    expect(harness.alerts.length).toBeLessThanOrEqual(5);
    expect(harness.alerts).toHaveLength(4);
    for (const job of JOBS) expect(textOf(harness)).toContain(`${job}/2027-03-02T02:00Z/${job}`);
    expect(subjects(harness)[3]).toMatch(/^\[dev\] 37 alerts: /);
    expect(harness.alertedAt.every((at) => at <= Date.parse('2027-03-02T02:01:11Z'))).toBe(true);
    expect(await harness.alertStore.pending(100)).toEqual([]);
    const { facts } = harness.alerts[3] ?? {};
    expect(facts?.each?.map(({ story }) => story)).toHaveLength(37);
  });

  test('are reported in lists that a channel takes whole, however many there are', async () => {
    const harness = midnight();
    const at = epochMs(harness.now);
    const stories = Array.from({ length: 120 }, (_, index) => `failed:job-${index}`);
    for (const story of stories) {
      const alert = { subject: story, body: story, facts: { kind: 'run-failed' as const, story, since: at } };
      await harness.alertStore.put({ id: story, at, readyAt: at, alert });
    }

    await harness.advanceTo('2027-03-02T01:53:00Z');

    expect(harness.alerts.map(({ facts }) => facts?.each?.length)).toEqual([50, 50, 20]);
    expect(
      harness.alerts
        .flatMap(({ facts }) => facts?.each ?? [])
        .map(({ story }) => story)
        .sort(),
    ).toEqual([...stories].sort());
    expect(await harness.alertStore.pending(1000)).toEqual([]);
  });

  test('are one list in the minute in which they recover', async () => {
    const harness = midnight({ at: '0/30 2' });
    await harness.advanceTo('2027-03-02T02:20:00Z');
    harness.circumstances.behaves = () => ({ does: 'complete', seconds: 5 });

    await harness.advanceTo('2027-03-02T02:40:00Z');

    expect(harness.alerts).toHaveLength(5);
    expect(subjects(harness)[4]).toMatch(/^\[dev\] 40 alerts: over: job-/);
    expect(harness.alerts[4]?.facts).toMatchObject({ isOver: true });
    for (const job of JOBS)
      expect(harness.alerts[4]?.body).toContain(`over: ${job} has completed a run after 1 that failed`);
    expect(await harness.alertStore.stories()).toEqual([]);
  });

  test('are all reported when SNS refuses for ten minutes, in few messages', async () => {
    const harness = midnight();
    harness.circumstances.refusesAlerts = () => isIn(harness, '2027-03-02T02:00:00Z', '2027-03-02T02:10:00Z');

    await harness.advanceTo('2027-03-02T02:12:00Z');

    for (const job of JOBS) expect(textOf(harness)).toContain(`${job}/2027-03-02T02:00Z/${job}`);
    expect(harness.alerts).toHaveLength(1);
    expect(await harness.alertStore.pending(100)).toEqual([]);
  });
});

describe('a job that fails', () => {
  test('ten times in a row makes one message, and one when it has recovered', async () => {
    const harness = hourly('2027-03-02T11:30:00Z');

    await harness.advanceTo('2027-03-02T13:00:00Z');

    expect(subjects(harness)).toEqual([
      'report/2027-03-02T02:00Z/hourly failed',
      expect.stringContaining('[dev] over: '),
    ]);
    expect(harness.alertedAt[0]).toBeLessThan(Date.parse('2027-03-02T02:01:00Z'));
    expect(harness.alertedAt[1]).toBeLessThan(Date.parse('2027-03-02T12:02:00Z'));
    expect(harness.alerts[1]?.body).toContain('10 runs have failed, the last of them report/2027-03-02T11:00Z/hourly.');
    expect(harness.alerts[1]?.facts).toMatchObject({ kind: 'run-failed', story: 'failed:report', isOver: true });
    expect(await harness.alertStore.stories()).toEqual([]);
  });

  test('for days is reported once more each day, with how many runs have failed', async () => {
    const harness = hourly('2027-03-04T12:30:00Z');

    await harness.advanceTo('2027-03-04T14:00:00Z');

    expect(subjects(harness).map((subject) => subject.replace(/^\[dev\] /, '').split(':')[0])).toEqual([
      'report/2027-03-02T02',
      'still',
      'still',
      'over',
    ]);
    expect(harness.alerts[1]?.body).toContain('25 runs have failed');
  });

  test('once and is not due for weeks is not reported again before it fails again', async () => {
    const harness = hourly('2027-03-30T00:00:00Z', { expression: 'cron(0 2 2,9 * ? *)' });

    await harness.advanceTo('2027-03-05T00:00:00Z');
    expect(harness.alerts).toHaveLength(1);
    harness.circumstances.isWatching = false;
    await harness.advanceTo('2027-03-09T01:58:00Z');
    harness.circumstances.isWatching = true;
    await harness.advanceTo('2027-03-09T02:05:00Z');

    expect(subjects(harness)[1]).toContain('still');
    expect(harness.alerts[1]?.body).toContain('2 runs have failed');
    expect(harness.alertedAt[1]).toBeLessThan(Date.parse('2027-03-09T02:02:00Z'));
  });

  test('has recovered when its failed run was moved back from the dead-letter queue and completes', async () => {
    const harness = hourly('2027-03-02T02:10:00Z', { expression: 'cron(0 2 * * ? *)' });
    await harness.advanceTo('2027-03-02T02:20:00Z');
    for (const deadLetter of harness.functions.deadLetters) harness.functions.redrive('report', deadLetter);
    await harness.advanceTo('2027-03-02T02:25:00Z');

    expect(subjects(harness)).toHaveLength(2);
    expect(harness.alerts[1]?.body).toContain('Run report/2027-03-02T02:00Z/hourly has completed');
    expect(harness.alerts[1]?.body).not.toContain('dead letters');
  });

  test('once more while a pass finds it recovered is not over, and the pass is none that has failed', async () => {
    const harness = hourly('2027-03-02T02:30:00Z');
    let isChanged = false;
    harness.circumstances.between = (ports) => ({
      ...ports,
      alerts: replaced(ports.alerts, {
        async close(story) {
          const again = { ...story, run: 'report/2027-03-02T03:01Z/other', lastAt: harness.now, count: 2 };
          if (!isChanged) await ports.alerts.change(story, again);
          isChanged = true;
          return await ports.alerts.close(story);
        },
      }),
    });

    await harness.advanceTo('2027-03-02T03:50:00Z');
    expect(harness.alerts).toHaveLength(1);
    expect(await harness.alertStore.pending(10)).toEqual([]);
    await harness.advanceTo('2027-03-02T04:05:00Z');

    expect(subjects(harness)[1]).toBe('[dev] over: report has completed a run after 2 that failed');
    expect(harness.passes.filter(({ error }) => error !== undefined)).toEqual([]);
  });

  test('and has left the app is over', async () => {
    const harness = hourly('2027-03-30T00:00:00Z');
    await harness.advanceTo('2027-03-02T02:20:00Z');

    harness.deploy({ jobs: { other: ONCE }, schedules: {} });
    await harness.advanceTo('2027-03-02T02:25:00Z');

    expect(harness.alerts[1]?.subject).toBe('[dev] over: report has left the app');
    expect(await harness.alertStore.stories()).toEqual([]);
  });

  test('is reported at once where the table cannot be reached', async () => {
    const harness = hourly('2027-03-02T03:30:00Z');
    harness.circumstances.betweenSender = (sender) => ({
      ...sender,
      alerts: intercepted(sender.alerts, () => Promise.reject(new Error('no table'))),
    });

    await harness.advanceTo('2027-03-02T03:30:00Z');

    expect(subjects(harness)).toEqual([
      'report/2027-03-02T02:00Z/hourly failed',
      'report/2027-03-02T03:00Z/hourly failed',
    ]);
  });
});

/** Makes one of the calls of a sender fail, or its process die in it. */
class SenderBreaker {
  calls = 0;
  readonly #nth: number;
  readonly #how: Break;

  constructor(nth: number, how: Break) {
    this.#nth = nth;
    this.#how = how;
  }

  between({ alerts, publish }: Sender): Sender {
    return {
      alerts: intercepted(alerts, (_name, apply) => this.#call(apply)),
      publish: (alert) => this.#call(() => publish(alert)),
    };
  }

  async #call<Answer>(apply: () => Promise<Answer>): Promise<Answer> {
    if (++this.calls !== this.#nth) return await apply();
    if (this.#how === 'no-request') throw new Error('refused');
    if (this.#how === 'killed-before') return await new Promise(() => {});
    const answer = await apply();
    if (this.#how === 'no-answer') throw new Error('no answer');
    return await new Promise<Answer>((resolve) => void (answer === resolve));
  }
}

describe('whatever call of a sender fails, and wherever its process dies', () => {
  /** Five jobs that fail at two and at three, and complete at four. */
  async function happen(nth: number, how: Break) {
    const jobs = JOBS.slice(0, 5);
    const harness = createWatchdogHarness({
      start: '2027-03-02T01:50:30Z',
      bundlesAlerts: true,
      jobs: Object.fromEntries(jobs.map((job) => [job, { ...ONCE, timeout: '1 minute' }])),
      schedules: Object.fromEntries(jobs.map((job) => [job, { job, expressions: ['cron(0 2-4 * * ? *)'] }])),
    });
    const breaker = new SenderBreaker(nth, how);
    harness.circumstances.betweenSender = (sender) => breaker.between(sender);
    harness.circumstances.behaves = () => ({
      does: harness.now < Date.parse('2027-03-02T03:30:00Z') ? 'fail' : 'complete',
      seconds: 5,
    });
    await harness.advanceTo('2027-03-02T04:30:00Z');
    return { harness, breaker, jobs };
  }

  test('each story begins and ends with a message, and at most one message comes twice', async () => {
    const { harness: undisturbed, breaker } = await happen(0, 'no-request');
    const messages = undisturbed.alerts.length;
    expect(breaker.calls).toBeGreaterThan(30);

    const wrong: string[] = [];
    const calls = Array.from({ length: breaker.calls }, (_, index) => index + 1);
    for (const [offset, how] of BREAKS.entries()) {
      for (const nth of oneIn(BREAKS.length, calls, offset)) {
        const { harness, jobs } = await happen(nth, how);
        const text = textOf(harness);
        for (const job of jobs) {
          if (!text.includes(`${job}/2027-03-02T02:00Z/${job} failed`))
            wrong.push(`${how} at ${nth}: ${job} is not reported`);
          if (!text.includes(`over: ${job} has completed`)) wrong.push(`${how} at ${nth}: ${job} is not over`);
        }
        if (harness.alerts.length > messages + 2) wrong.push(`${how} at ${nth}: ${subjects(harness).join(' | ')}`);
        const left = [...(await harness.alertStore.pending(10)), ...(await harness.alertStore.stories())];
        if (left.length > 0) wrong.push(`${how} at ${nth}: ${left.length} left`);
      }
    }

    expect(wrong).toEqual([]);
  });
});
