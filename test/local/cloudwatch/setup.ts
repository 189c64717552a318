import { onTestFinished } from 'vitest';
import type { AlarmModel } from '../../../lib/local/assembly/index.ts';
import {
  type AlarmChange,
  createAlarms,
  type QueueLevels,
  type SavedAlarms,
} from '../../../lib/local/cloudwatch/index.ts';
import type { InvocationResult } from '../../../lib/local/lambda/workers/index.ts';
import { formatMetrics } from '../../../lib/observe/metrics.ts';
import { epochMs, type Milliseconds, milliseconds, seconds, toMilliseconds } from '../../../lib/units.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

/** 2027-03-02, 02:00 in UTC. */
export const START = epochMs(Date.UTC(2027, 2, 2, 2));

export const after = (count: number): Milliseconds => toMilliseconds(seconds(count));
export const noMessages: QueueLevels = { visible: 0, inFlight: 0, delayed: 0, oldestAgeSeconds: 0 };

export interface SetupOptions {
  /** What an earlier process has saved of its alarms. */
  readonly saved?: unknown;
  /** What queues hold from the start. */
  readonly levels?: Iterable<readonly [string, QueueLevels]>;
}

/** Alarms of an app with one job, on the embedded CloudWatch, by a clock that the test sets. */
export function setup(models: readonly AlarmModel[], options: SetupOptions = {}) {
  const clock = new VirtualClock(START);
  const changes: AlarmChange[] = [];
  const published: { topic: string; subject: string; message: Record<string, unknown> }[] = [];
  const errors: unknown[] = [];
  const levels = new Map<string, QueueLevels>(options.levels);
  const saved: SavedAlarms[] = [];
  const alarms = createAlarms({
    clock,
    region: 'us-east-1',
    levelsOf: (queue) => levels.get(queue) ?? noMessages,
    notify: async (topic, subject, message) => {
      published.push({ topic, subject, message: JSON.parse(message) });
    },
    jobOf: (name) => (/^(job|report)$/.test(name) ? name : name.startsWith('app-dev-job') ? 'job' : null),
    states: { saved: options.saved, save: (states) => saved.push(JSON.parse(JSON.stringify(states))) },
    observer: { onChange: (change) => changes.push(change), onError: (error) => errors.push(error) },
  });
  const unsupported = alarms.load(models, ['app-dev-job', 'app-dev-job-dlq']);
  alarms.start();
  onTestFinished(() => alarms.stop());

  const fail = () => alarms.countInvocation('app-dev-job', invoked('failed'));
  const emit = (job: string, values: Parameters<typeof formatMetrics>[3]) =>
    alarms.readLine(formatMetrics('app-dev', job, clock.now(), values), clock.now());
  const invoked = (kind: 'succeeded' | 'failed', duration = milliseconds(50)): InvocationResult => {
    const facts = { requestId: 'r', logStream: 's', endedAt: clock.now(), duration, isColdStart: false };
    const error = { type: 'Sandbox.Timedout', message: 'Task timed out after 3.00 seconds', trace: [] };
    return kind === 'failed' ? { ...facts, kind, error } : { ...facts, kind, payload: null };
  };
  const stateNow = () => alarms.states().map(({ state }) => state);
  return { alarms, clock, changes, saved, published, errors, levels, unsupported, fail, emit, invoked, stateNow };
}
