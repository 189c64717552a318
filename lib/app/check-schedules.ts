import { describeProblem, InvalidExpressionError, readWhen, type Timetable, type When } from '../cron/index.ts';
import { createDueTimes, type DueTimes } from '../due/due-times.ts';
import { SCHEDULE_ID, WATCHDOG } from '../job/names.ts';
import type { Schedule, Schedules } from '../job/schedule.ts';
import type { EpochMs } from '../units.ts';
import { checkFields, meantBy } from './check-fields.ts';
import { checkInput } from './check-input.ts';
import type { CheckedJob } from './check-jobs.ts';
import { indent, pointAtUnexpected, quoteValue } from './check-report.ts';
import { type PolicySurroundings, readSchedulePolicy } from './check-schedule-policy.ts';
import { describeUnlisted } from './check-stages.ts';
import type { CheckedSchedule } from './checked-schedule.ts';
import type { LintSubject } from './lint/subject.ts';

/** Where users write schedules, as messages name it. */
export const SCHEDULES_FILE = 'infra/schedules.ts';

export interface CheckedSchedules {
  readonly schedules: readonly CheckedSchedule[];
  /** The same, to be looked at for what their author may not have meant. */
  readonly subjects: readonly LintSubject[];
  readonly problems: readonly string[];
  /** What a user should know and need not mend. */
  readonly notes: readonly string[];
}

/** What schedules are checked against. */
export interface ScheduleSurroundings extends PolicySurroundings {
  readonly jobs: readonly CheckedJob[];
  /** Names of jobs that exist and have problems of their own, which are told elsewhere. */
  readonly brokenJobs: ReadonlySet<string>;
  readonly stage: string;
  /** All that are listed. */
  readonly stages: readonly string[];
  /** Tells which schedules are past. */
  readonly now: EpochMs;
}

/** Checks every entry and reports all problems at once; an entry with a problem is not among `schedules`. */
export function checkSchedules(entries: Schedules, surroundings: ScheduleSurroundings): CheckedSchedules {
  const subjects: LintSubject[] = [];
  const problems: string[] = [];
  const dueTimesOf = createDueTimes(surroundings.now);
  for (const [id, entry] of Object.entries(entries)) {
    const result = checkEntry(id, entry, { ...surroundings, dueTimesOf });
    if ('subject' in result) subjects.push(result.subject);
    else problems.push(...result.problems);
  }
  const schedules = subjects.map(({ schedule }) => schedule);
  const notes = schedules
    .filter(({ isOver }) => isOver)
    .map(
      ({ id, source }) =>
        `${SCHEDULES_FILE}: schedule "${id}": ${source} is past, so it is left out; remove the entry when you like`,
    );
  return { schedules, subjects, problems, notes };
}

/** When an entry is due: one of these. */
const TIME_FIELDS: readonly string[] = ['cron', 'every', 'at'];

/** What an entry may say. */
export const SCHEDULE_FIELDS = [
  ...TIME_FIELDS,
  ...['timezone', 'input', 'enabled', 'maxLateness', 'catchUp', 'spread', 'dst'],
  ...['except', 'only', 'pingUrl', 'acknowledge'],
];

type Result = { readonly subject: LintSubject } | { readonly problems: readonly string[] };

interface EntrySurroundings extends ScheduleSurroundings {
  readonly dueTimesOf: (timetable: Timetable) => DueTimes;
}

function checkEntry(id: string, entry: Schedule, surroundings: EntrySurroundings): Result {
  const place = `${SCHEDULES_FILE}: schedule "${id}"`;
  // Types can be got round, and an import in a circle gives undefined without a word.
  if (typeof entry?.job?.name !== 'string') {
    return { problems: [`${place}: it has no job; write schedule(<a job imported from functions/>, { … })`] };
  }
  if (typeof entry.options !== 'object' || entry.options === null) {
    return { problems: [`${place}: it does not say when it is due; write schedule(<job>, { cron: '0 2 * * *' })`] };
  }
  const { options } = entry;
  const found = findJob(entry, surroundings);
  const when = readTimetable(options, place);
  const settings = readSchedulePolicy(
    {
      options,
      dueTimes: isTimetable(when) ? surroundings.dueTimesOf(when) : undefined,
      job: typeof found === 'object' ? found : undefined,
    },
    surroundings,
  );
  const problems = [
    ...checkId(id),
    ...checkFields(options, SCHEDULE_FIELDS).map((problem) => `${place}: ${problem}`),
    ...(typeof found === 'string' ? [`${place}: ${found}`] : []),
    ...(isTimetable(when) || hasMisspeltTime(options) ? [] : when),
    ...checkEnabled(options.enabled, surroundings.stages).map((problem) => `${place}: ${problem}`),
    ...(typeof found === 'object'
      ? checkInput(found.job, SCHEDULE_ID.test(id) ? id : 'id', options.input).map((problem) => `${place}: ${problem}`)
      : []),
    ...settings.problems.map((problem) => indent(`${place}: `, problem)),
  ];
  if (problems.length > 0 || typeof found !== 'object' || !isTimetable(when)) return { problems };
  const { now, stage, dueTimesOf } = surroundings;
  const schedule: CheckedSchedule = {
    id,
    job: found.name,
    expressions: when.expressions,
    source: sourceOf(options),
    timezone: when.timezone,
    ...(options.input === undefined ? {} : { input: options.input }),
    enabled: isEnabled(options.enabled, stage),
    policy: settings.policy,
    isOver: when.next(now) === undefined,
  };
  return { subject: { schedule, options, job: found, timetable: when, dueTimes: dueTimesOf(when), now } };
}

function checkId(id: string): readonly string[] {
  if (id === WATCHDOG) return [`${SCHEDULES_FILE}: schedule "${id}": the id is Belfry's own; write another`];
  if (SCHEDULE_ID.test(id)) return [];
  const problem = 'allowed are lower-case letters, digits, . and -, first a letter or a digit, at most 40 characters';
  return [
    pointAtUnexpected({
      prefix: `${SCHEDULES_FILE}: `,
      label: 'schedule',
      text: id,
      first: /[a-z0-9]/,
      rest: /[a-z0-9.-]/,
      longest: 40,
      problem,
    }),
  ];
}

/** The job, a problem, or nothing when the job has problems that are told elsewhere. */
function findJob({ job }: Schedule, { jobs, brokenJobs }: ScheduleSurroundings): CheckedJob | string | undefined {
  const found = jobs.find(({ name }) => name === job.name);
  if (found !== undefined || brokenJobs.has(job.name)) return found;
  const known = jobs.map(({ name }) => name).join(', ') || 'none';
  return `job "${job.name}" is in no file of functions/; there are: ${known}. Files that begin with _ or end in .test.ts do not count`;
}

/** @returns problems, where nobody can say when it is due */
function readTimetable({ timezone = 'UTC', ...options }: Schedule['options'], place: string): Timetable | string[] {
  if (typeof timezone !== 'string') {
    return [`${place}: timezone ${quoteValue(timezone)} is not text; write a place, such as 'Europe/Stockholm'`];
  }
  const readIn = (zone: string): Timetable | string => {
    try {
      return readWhen(options as When, zone);
    } catch (error) {
      if (error instanceof InvalidExpressionError) return describeProblem(error, place);
      throw error;
    }
  };
  const when = readIn(timezone);
  if (typeof when === 'object') return when;
  // Beside a zone that is wrong the expression may be, too.
  return [...new Set([when, readIn('UTC')])].filter((each) => typeof each === 'string');
}

/** Then it says when it is due, and the wrong name of the field is told. */
const hasMisspeltTime = (options: object): boolean =>
  TIME_FIELDS.every((name) => !(name in options)) &&
  Object.keys(options).some((name) => TIME_FIELDS.includes(meantBy(name, SCHEDULE_FIELDS) ?? ''));

const isTimetable = (when: Timetable | string[]): when is Timetable => !Array.isArray(when);

function checkEnabled(enabled: unknown, stages: readonly string[]): readonly string[] {
  if (enabled === undefined || typeof enabled === 'boolean') return [];
  if (!Array.isArray(enabled)) {
    return [`enabled ${quoteValue(enabled)} is not allowed; write true, false, or the stages it is on in: ['prod']`];
  }
  return enabled
    .filter((stage) => !stages.includes(stage))
    .map((stage) => `enabled: ${describeUnlisted(String(stage), stages)}`);
}

const isEnabled = (enabled: boolean | readonly string[] | undefined, stage: string): boolean =>
  Array.isArray(enabled) ? enabled.includes(stage) : enabled !== false;

const sourceOf = ({ cron, every, at }: Schedule['options']): string =>
  at === undefined ? (cron ?? `every ${every}`) : `at ${at}`;
