import { describe, expect, test } from 'vitest';
import type { Log } from '../../lib/job/context.ts';
import type { Trigger } from '../../lib/job/trigger.ts';
import { measureDurations } from '../../lib/observe/duration-metrics.ts';
import { createRunLog, type Measure } from '../../lib/observe/run-log.ts';
import type { RunEvent } from '../../lib/run/events.ts';
import { milliseconds, plus } from '../../lib/units.ts';
import { DUE } from '../support/requests.ts';
import { startedRun } from '../support/started-run.ts';

const started = (attempt: number, trigger: Trigger, delay: number): RunEvent => ({
  event: 'attempt-started',
  run: startedRun({ attempt, trigger }),
  at: plus(DUE, milliseconds(delay)),
});
const COMPLETED: RunEvent = {
  event: 'run-completed',
  run: startedRun(),
  at: DUE,
  duration: milliseconds(58),
};

/** What is written of an event: the fields of its line, and its metrics. */
function written(event: RunEvent, measure?: Measure) {
  const lines: Record<string, unknown>[] = [];
  const metrics: Record<string, unknown>[] = [];
  const add = (_message: string, fields: Record<string, unknown> = {}): unknown => lines.push(fields);
  const log: Log = { debug: add, info: add, warn: add, error: add };
  const writeMetrics = (line: string) => metrics.push(JSON.parse(line));
  createRunLog({ log, writeMetrics, deployment: 'shop-dev', measure })(event);
  return { fields: lines[0] ?? {}, metrics };
}

describe('the line of an attempt that has started', () => {
  test('says how long after its due time the first attempt of a scheduled run began', () => {
    expect(written(started(1, 'schedule', 1_234)).fields).toMatchObject({ startDelayMs: 1_234 });
  });

  test('says 0 where the clocks of EventBridge and Lambda differ', () => {
    expect(written(started(1, 'schedule', -20)).fields).toMatchObject({ startDelayMs: 0 });
  });

  test.each([
    { what: 'a retry', event: started(2, 'schedule', 60_000) },
    { what: 'a run that a person asked for', event: started(1, 'manual', 60_000) },
    { what: 'a catch-up', event: started(1, 'catch-up', 60_000) },
  ])('says nothing of the start of $what, which is late for another reason', ({ event }) => {
    expect(written(event).fields).not.toHaveProperty('startDelayMs');
  });
});

describe('metrics of durations', () => {
  test('are written by no stage that does not ask for them', () => {
    expect([written(started(1, 'schedule', 1_234)).metrics, written(COMPLETED).metrics]).toEqual([[], []]);
  });

  test('are the figures of the log lines', () => {
    expect(written(started(1, 'schedule', 1_234), measureDurations).metrics).toMatchObject([
      { Deployment: 'shop-dev', Job: 'report', StartDelay: 1_234 },
    ]);
    expect(written(COMPLETED, measureDurations).metrics).toMatchObject([
      { Deployment: 'shop-dev', Job: 'report', RunDuration: 58 },
    ]);
  });

  test('are not written of what has neither figure', () => {
    const retry = written(started(2, 'schedule', 60_000), measureDurations);
    const held = written(
      { event: 'run-held', runId: 'report/2027-03-02T02:00Z/nightly', at: DUE, until: DUE },
      measureDurations,
    );

    expect([retry.metrics, held.metrics]).toEqual([[], []]);
  });

  test('leave the count of a failure as it is', () => {
    const error = { name: 'Error', message: 'no connection' };
    const failed: RunEvent = { ...COMPLETED, event: 'run-failed', outcome: 'failed', error };

    for (const measure of [undefined, measureDurations]) {
      expect(written(failed, measure).metrics).toMatchObject([{ Job: 'report', RunsFailed: 1 }]);
    }
  });
});
