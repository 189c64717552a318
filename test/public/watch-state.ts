import type {
  CatchUp,
  ChecksState,
  JobProgress,
  RescueProgress,
  ScheduleState,
  SubscriptionState,
  WaitingState,
  WatchState,
} from '../../lib/watchdog/state.ts';
import { DUE } from '../support/requests.ts';

const gap = { from: DUE, to: DUE };
const job: Required<JobProgress> = { since: DUE, until: DUE, after: '0 key' };
const sweep: Required<RescueProgress> = { since: DUE, until: DUE, after: '0 key', behind: { report: job } };
const schedule: Required<ScheduleState> = {
  definition: '[]',
  expectedFrom: DUE,
  checkedUntil: DUE,
  lastUntil: DUE,
  pauses: [gap],
};
const waiting: Required<WaitingState> = { since: DUE };
const subscriptions: Required<SubscriptionState> = {
  askedAt: DUE,
  found: { confirmed: 1, pending: 1 },
  foundAt: DUE,
  mailTopic: 'app-dev-mail',
};
const catchUp: Required<CatchUp> = { run: 'run', sentAt: DUE };

const checks: Required<ChecksState> = { deadLettersDueAt: DUE, slowDueAt: DUE, slowRuns: ['run'] };

/** What the watchdog stores as JSON, with everything that it may hold. The compiler asks for each new field. */
export const FULL_WATCH_STATE: Required<WatchState> = {
  version: 1,
  lookedAt: DUE,
  watched: { until: DUE, gaps: [gap] },
  sweep,
  schedules: { nightly: schedule },
  waiting: { nightly: waiting },
  catchUps: [catchUp],
  checks,
  subscriptions,
};
