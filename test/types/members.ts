/** A member that is added to a union: the change of a file, and the files that the compiler then names. */
export interface NewMember {
  readonly file: string;
  readonly before: string;
  readonly after: string;
  readonly asks: readonly string[];
}

const LIVE_LOG = ['lib/cli/shared/view/routine.ts', 'lib/cli/shared/view/run-line.ts'];

/**
 * What everybody who adds a case is told, by union. A file that is missing here decides by a default; one that is new is a
 * place that decides since.
 */
export const NEW_MEMBERS: Readonly<Record<string, NewMember>> = {
  OverlapPolicy: {
    file: 'lib/job/overlap.ts',
    before: "  'allow',\n]",
    after: "  'allow',\n  'bufferOne',\n]",
    asks: [
      'lib/app/lint/run-length.ts',
      'lib/cdk/bundle/entry.ts',
      'lib/cli/simulate/overlaps-view.ts',
      'lib/forecast/overlaps.ts',
      'lib/job/overlap.ts',
      'lib/testing/gates.ts',
    ],
  },
  TimeoutChoice: {
    file: 'lib/job/on-timeout.ts',
    before: "  'fail',\n]",
    after: "  'fail',\n  'cancel',\n]",
    asks: ['lib/job/on-timeout.ts'],
  },
  RunStatus: {
    file: 'lib/run/record.ts',
    before: "  | 'missed';",
    after: "  | 'missed'\n  | 'waiting';",
    asks: [
      'lib/cli/shared/view/record-view.ts',
      'lib/local/summary.ts',
      'lib/run/record.ts',
      'lib/store/memory/memory-run-store.ts',
      'lib/store/rules.ts',
      'lib/testing/job-run.ts',
      'lib/watchdog/waiting-since.ts',
    ],
  },
  SkipReason: {
    file: 'lib/run/record.ts',
    before: " | 'skip-next';",
    after: " | 'skip-next' | 'retired';",
    asks: ['lib/cli/shared/view/run-line.ts'],
  },
  AttemptOutcome: {
    file: 'lib/run/record.ts',
    before: "'timed-out' | 'lost';",
    after: "'timed-out' | 'lost' | 'cancelled';",
    asks: ['lib/cli/shared/view/run-line.ts'],
  },
  Trigger: {
    file: 'lib/job/trigger.ts',
    before: "'catch-up'] as",
    after: "'catch-up', 'child'] as",
    asks: ['lib/job/trigger.ts'],
  },
  RunEvent: {
    file: 'lib/run/events.ts',
    before: 'export type RunEvent =\n',
    after: "export type RunEvent =\n  | (OfRun & { readonly event: 'run-cancelled' })\n",
    asks: [...LIVE_LOG, 'lib/local/function-line.ts', 'lib/observe/events.ts', 'lib/observe/run-log.ts'],
  },
  WatchdogEvent: {
    file: 'lib/observe/events.ts',
    before: "  | 'no-subscriber';",
    after: "  | 'no-subscriber'\n  | 'run-slow';",
    asks: [...LIVE_LOG, 'lib/lambda/watchdog.ts', 'lib/local/function-line.ts', 'lib/observe/events.ts'],
  },
  MessageEvent: {
    file: 'lib/observe/events.ts',
    before: "'scheduled-time-guessed';",
    after: "'scheduled-time-guessed' | 'message-parked';",
    asks: [...LIVE_LOG, 'lib/local/function-line.ts', 'lib/observe/events.ts'],
  },
  'a row of the table of events': {
    file: 'lib/observe/events.ts',
    before: "  'lease-lost': { level: 'warn', fields: ['runId'] },",
    after: "  'lease-lost': { level: 'warn', fields: ['runId'], isAlerted: true },",
    asks: ['lib/observe/headline.ts'],
  },
  Metric: {
    file: 'lib/observe/metrics.ts',
    before: '  runsMissed: {',
    after: "  runsSlow: { name: 'RunsSlow', unit: 'Count' },\n  runsMissed: {",
    asks: ['lib/observe/metrics.ts'],
  },
  Settlement: {
    file: 'lib/run/ports.ts',
    before: 'export type Settlement =\n',
    after: "export type Settlement =\n  | { readonly status: 'continuing'; readonly at: EpochMs }\n",
    asks: ['lib/run/conclude.ts', 'lib/store/rules.ts'],
  },
  Refusal: {
    file: 'lib/run/ports.ts',
    before: 'export type Refusal =\n',
    after: "export type Refusal =\n  | { readonly kind: 'parked'; readonly record: RunRecord }\n",
    asks: ['lib/run/execute-run.ts', 'lib/store/claim-layer.ts'],
  },
  'the answers of a gate': {
    file: 'lib/run/overlap/gate.ts',
    before: 'export type Entry =\n',
    after: "export type Entry =\n  | { readonly kind: 'wait' }\n",
    asks: ['lib/run/work.ts'],
  },
  Disposition: {
    file: 'lib/run/delivery.ts',
    before: 'export type Disposition =\n',
    after: "export type Disposition =\n  | { readonly kind: 'reveal' }\n",
    asks: ['lib/lambda/handler.ts'],
  },
  DstChoice: {
    file: 'lib/job/schedule-policy.ts',
    before: "['skip', 'runAfterGap'] as",
    after: "['skip', 'runAfterGap', 'runBeforeGap'] as",
    asks: ['lib/cli/shared/view/clock-change-text.ts', 'lib/job/schedule-policy.ts'],
  },
  WarningName: {
    file: 'lib/job/warnings.ts',
    before: "  'old-zone-data',\n]",
    after: "  'old-zone-data',\n  'too-many',\n]",
    asks: ['lib/app/lint/lint-schedules.ts'],
  },
  CloudEvent: {
    file: 'lib/local/events.ts',
    before: "  | { readonly kind: 'resent'",
    after: "  | { readonly kind: 'paused' }\n  | { readonly kind: 'resent'",
    asks: ['lib/cli/shared/view/live-log.ts', 'lib/cli/shared/view/routine.ts'],
  },
};
