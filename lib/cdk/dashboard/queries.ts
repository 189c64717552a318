import type { EVENTS, FieldsOf } from '../../observe/events.ts';

type Event = keyof typeof EVENTS;

/** The width of a bar or a point of a chart over time. */
const BIN = 'bin(1h)';

/** How many lines a table of single runs has. */
const LATEST = 20;

/** What became of a due time, as the charts call it, by the event that reports it. */
const OUTCOMES = {
  completed: 'run-completed',
  failed: 'run-failed',
  skipped: 'run-skipped',
  missed: 'run-missed',
} as const satisfies Readonly<Record<string, Event>>;

/** Runs by what became of them, over time. */
export const runsByOutcome = (): string => query(...countOutcomes(BIN));

/** Runs by what became of them, one line a job. */
export const runsByJob = (): string =>
  query(...countOutcomes(name(OUTCOMES.failed, 'job')), 'sort failed desc, missed desc');

/** How long runs took that completed, over time, in seconds. */
export const durations = (): string =>
  query(
    ofEvents('run-completed'),
    `fields ${SECONDS}`,
    `stats pct(seconds, 50) as median, pct(seconds, 95) as p95 by ${BIN}`,
  );

/** How late scheduled runs started, over time, in seconds. */
export const startDelays = (): string =>
  query(
    ofEvents('attempt-started'),
    `fields ${DELAY}`,
    `stats pct(delay, 50) as median, pct(delay, 95) as p95, max(delay) as longest by ${BIN}`,
  );

/** How long runs took and how late they started, one line a job, in seconds. */
export const durationsByJob = (): string =>
  query(
    ofEvents('run-completed', 'attempt-started'),
    `fields ${SECONDS}, ${DELAY}`,
    `stats pct(seconds, 50) as median, pct(seconds, 95) as p95, max(seconds) as longest, pct(delay, 95) as startDelayP95 by ${name('run-completed', 'job')}`,
    'sort p95 desc',
  );

/** The runs that failed last. */
export const lastFailures = (): string =>
  query(
    ofEvents('run-failed'),
    `fields @timestamp, ${names('run-failed', 'job', 'runId', 'attempt')}, ${ERROR.join(', ')}`,
    'sort @timestamp desc',
    `limit ${LATEST}`,
  );

/** The due times that were missed last, or came too late. */
export const lastMissed = (): string =>
  query(
    ofEvents('run-missed', 'run-came-too-late'),
    `fields @timestamp, ${names('run-missed', 'job', 'schedule', 'scheduledTime', 'why')}`,
    'sort @timestamp desc',
    `limit ${LATEST}`,
  );

/** A query over some log groups, and of their lines those about some jobs. */
export const overJobs = (query: string, logGroups: readonly string[], jobs: readonly string[]): string =>
  [...logGroups.map((group) => `SOURCE '${group}'`), `filter job in ${list(jobs)}`, query].join(' | ');

const query = (...commands: readonly string[]): string => commands.join(' | ');
const list = (texts: readonly string[]): string => `[${texts.map((text) => `"${text}"`).join(', ')}]`;

/** A field of an event's line: the compiler refuses one that it does not have. */
const name = <Of extends Event>(_event: Of, field: keyof FieldsOf<Of> & string): string => field;
const names = <Of extends Event>(event: Of, ...fields: readonly (keyof FieldsOf<Of> & string)[]): string =>
  fields.map((field) => name(event, field)).join(', ');

const SECONDS = `${name('run-completed', 'durationMs')} / 1000 as seconds`;
const DELAY = `${name('attempt-started', 'startDelayMs')} / 1000 as delay`;

type ErrorField = keyof NonNullable<FieldsOf<'run-failed'>['error']>;

const ERROR = (['name', 'code', 'at'] satisfies ErrorField[]).map((part) => `${name('run-failed', 'error')}.${part}`);

/** Lines of these events. A job's own line may have a field `event`; Belfry's have its value as their message, too. */
const ofEvents = (...events: readonly Event[]): string =>
  `filter event in ${list(events)} and message in ${list(events)}`;

/** `strcontains` is 1 or 0. No name of these events is part of another's. */
function countOutcomes(by: string): readonly string[] {
  const outcomes = Object.entries(OUTCOMES);
  return [
    ofEvents(...Object.values(OUTCOMES)),
    `fields ${outcomes.map(([outcome, event]) => `strcontains(event, "${event}") as is_${outcome}`).join(', ')}`,
    `stats ${outcomes.map(([outcome]) => `sum(is_${outcome}) as ${outcome}`).join(', ')} by ${by}`,
  ];
}
