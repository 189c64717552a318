import { onTestFinished } from 'vitest';
import { defineJob } from '../../../lib/entry/belfry.ts';
import { readDuration } from '../../../lib/job/duration.ts';
import { loadAssembly } from '../../../lib/local/assembly/index.ts';
import {
  type AlarmChange,
  createAlarms,
  createJobNames,
  type QueueLevels,
} from '../../../lib/local/cloudwatch/index.ts';
import type { InvocationResult } from '../../../lib/local/lambda/workers/index.ts';
import { formatMetrics, type MetricValues } from '../../../lib/observe/metrics.ts';
import { type EpochMs, epochMs, MINUTE, type Milliseconds, milliseconds, SECOND } from '../../../lib/units.ts';
import { jobFile, synth } from '../../cdk/support.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { ORIGIN } from '../assembly/fixture.ts';

const START = epochMs(Date.UTC(2027, 2, 2, 2));
const NO_MESSAGES: QueueLevels = { visible: 0, inFlight: 0, delayed: 0, oldestAgeSeconds: 0 };

/** Metrics are sent once a minute: the latest that they are there. */
const METRIC_DELAY = MINUTE;
/** AWS evaluates once a minute, the embedded cloud every five seconds. */
const EVALUATION_DELAY = milliseconds(MINUTE - 5 * SECOND);

const jobs = [
  defineJob('ten', { timeout: '10 minutes', run() {} }),
  defineJob('eight', { timeout: '8 minutes', run() {} }),
];

/** When an alarm went on, as AWS would see it at the latest, and when it was off again. */
export interface Ring {
  readonly rang: EpochMs;
  readonly returned: EpochMs | undefined;
}

/** The alarms of a synthesized app, on the embedded CloudWatch, by a clock that the test sets. */
export function setupAlarms() {
  const { outdir } = synth({ jobs: jobs.map((job) => jobFile(job)), schedules: {} });
  const assembly = loadAssembly(outdir, { origin: ORIGIN });
  const clock = new VirtualClock(START);
  const changes: AlarmChange[] = [];
  const levels = new Map<string, QueueLevels>();
  const alarms = createAlarms({
    clock,
    region: assembly.region,
    levelsOf: (queue) => levels.get(queue) ?? NO_MESSAGES,
    notify: async () => {},
    jobOf: createJobNames(assembly.manifest),
    observer: { onChange: (change) => changes.push(change) },
  });
  const unsupported = alarms.load(
    assembly.alarms,
    assembly.queues.map(({ name }) => name),
  );
  if (unsupported.length > 0) throw new Error(JSON.stringify(unsupported));
  alarms.start();
  onTestFinished(() => alarms.stop());

  const nameOf = (suffix: string) => `shop-dev-${suffix}`;
  const textOf = (suffix: string): string =>
    assembly.alarms.find(({ name }) => name === nameOf(suffix))?.description ?? '';
  return {
    clock,
    start: START,
    /** Has an invocation begin now; what Lambda says of it is there a minute after its end. */
    invoke(job: string, duration: Milliseconds, kind: 'succeeded' | 'failed' = 'succeeded'): EpochMs {
      const endedAt = epochMs(clock.now() + duration);
      const facts = { requestId: 'r', logStream: 's', endedAt, duration, isColdStart: false };
      const error = { type: 'Sandbox.Timedout', message: 'Task timed out', trace: [] };
      const result: InvocationResult =
        kind === 'failed' ? { ...facts, kind, error } : { ...facts, kind, payload: null };
      clock.after(milliseconds(duration + METRIC_DELAY), () => alarms.countInvocation(nameOf(job), result));
      return endedAt;
    },
    /** Has a metric of Belfry's own be written now; CloudWatch has read it a minute later. */
    emit(job: string, values: MetricValues): EpochMs {
      const at = clock.now();
      clock.after(METRIC_DELAY, () => void alarms.readLine(formatMetrics('shop-dev', job, at, values), at));
      return at;
    },
    /** Sets how many messages are in a queue; SQS says so a minute later. */
    fill(queue: string, visible: number): EpochMs {
      clock.after(METRIC_DELAY, () => void levels.set(nameOf(queue), { ...NO_MESSAGES, visible }));
      return clock.now();
    },
    stateOf: (suffix: string) => alarms.states().find(({ name }) => name === nameOf(suffix))?.state,
    /** The alarms that have been on. */
    rung: () => changes.filter(({ to }) => to === 'ALARM').map(({ name }) => name),
    ringOf(suffix: string): Ring {
      const own = changes.filter(({ name }) => name === nameOf(suffix));
      const on = own.findIndex(({ to }) => to === 'ALARM');
      const rang = own[on];
      if (rang === undefined) throw new Error(`${suffix} has not rung`);
      return { rang: epochMs(rang.at + EVALUATION_DELAY), returned: own[on + 1]?.at };
    },
    /** The lengths of time that an alarm's text promises for its ringing, in the order of the text. */
    promisesOf(suffix: string): readonly Milliseconds[] {
      const text = textOf(suffix).split('Rings ')[1] ?? '';
      return [...text.matchAll(/\d+ (?:minute|second|hour)s?/g)].map(
        ([length]) => readDuration(length) ?? milliseconds(0),
      );
    },
  };
}

const rows: string[] = [];

/** Keeps a row for the table of {@link printTimes}: the times after what the alarm's text counts from. */
export function note(scenario: string, alarm: string, { rang, returned }: Ring, from: EpochMs, promised: string): void {
  const after = (at: EpochMs | undefined) => (at === undefined ? '-' : `${((at - from) / MINUTE).toFixed(1)} min`);
  rows.push(
    `${scenario.padEnd(46)} ${alarm.padEnd(18)} ${after(rang).padEnd(10)} ${promised.padEnd(14)} ${after(returned)}`,
  );
}

/** Prints when each alarm rang, where `BELFRY_ALARM_TIMES` is set. */
export function printTimes(): void {
  if (process.env['BELFRY_ALARM_TIMES'] === undefined) return;
  const head = `${'scenario'.padEnd(46)} ${'alarm'.padEnd(18)} ${'rang after'.padEnd(10)} ${'promised'.padEnd(14)} off after`;
  process.stdout.write(`\n${[head, ...rows].join('\n')}\n`);
}
