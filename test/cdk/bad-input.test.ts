import { describe, expect, test } from 'vitest';
import { z } from 'zod/mini';
import { checkApp } from '../../lib/app/check-app.ts';
import type { JobFile } from '../../lib/app/check-jobs.ts';
import { InvalidAppError } from '../../lib/app/check-report.ts';
import { defineJob, schedule } from '../../lib/entry/belfry.ts';
import type { Job, JobDefinition } from '../../lib/job/job.ts';
import type { Schedules } from '../../lib/job/schedule.ts';
import { epochMs } from '../../lib/units.ts';
import { STAGES } from '../support/stages.ts';
import { jobFile } from './support.ts';

// As synth does: zod/mini has no words for what it expected until it is given a language.
z.config(z.locales.en());

const NOON = epochMs(Date.parse('2026-06-01T12:00:00Z'));

const nightly = defineJob('nightly', { run() {} });
const report = defineJob('report', {
  input: z.object({ region: z.enum(['eu', 'us']), note: z.optional(z.any()) }),
  run() {},
});

interface Written {
  readonly app?: string;
  readonly stage?: string;
  readonly files?: readonly JobFile[];
  readonly schedules?: Schedules;
}

const check = ({
  app = 'shop',
  stage = 'dev',
  files = [nightly, report].map((job) => jobFile(job)),
  schedules = {},
}: Written) =>
  checkApp({ deployment: { app, stage }, stages: STAGES, files, schedules, now: NOON, readCalendarFile: () => [] });

function messageFor(written: Written): string {
  try {
    check(written);
  } catch (error) {
    if (error instanceof InvalidAppError) return error.message;
    throw error;
  }
  throw new Error('nothing was found wrong');
}

/** What the compiler would not let through, as JavaScript or a cast would. */
// biome-ignore lint/suspicious/noExplicitAny: wrong types are what is tested
const untyped = (value: unknown): any => value;

const fileWith = (name: string, exported: unknown): JobFile => ({
  ...jobFile(nightly),
  file: `functions/${name}.ts`,
  exported,
});
const jobWith = (definition: Partial<JobDefinition<undefined, unknown>>): Written => ({
  files: [jobFile(defineJob('nightly', { run() {}, ...definition }))],
});
const entry = (id: string, options: object, job: Job = nightly): Written => ({
  schedules: { [id]: schedule(job, untyped(options)) },
});
const reportInput = (input: unknown): Written =>
  entry('daily', { every: '1 day', input: untyped(input) }, untyped(report));

function nested(levels: number): unknown {
  return levels === 0 ? 'bottom' : { a: nested(levels - 1) };
}
const circular: { note?: unknown; region: string } = { region: 'eu' };
circular.note = circular;

describe('the deployment', () => {
  test.each<[string, Written, string]>([
    [
      'an app that no resource could be named after',
      { app: 'My Shop' },
      `app "My Shop": allowed are lower-case letters and digits, first a letter, at most 12 characters, such as "myshop"; set it in cdk.json, context.app
     ^`,
    ],
    [
      'a stage that is too long',
      { stage: 'integration-2' },
      `stage "integration-2": allowed are lower-case letters and digits, first a letter, at most 12 characters, such as "integration2"; give it as -c stage=prod
                  ^`,
    ],
  ])('%s', (_, written, message) => {
    expect(messageFor(written)).toBe(message);
  });
});

describe('a job file', () => {
  test.each<[string, Written, string]>([
    [
      'without a default export',
      { files: [fileWith('report', undefined)] },
      "functions/report.ts: has no default export; write export default defineJob('report', { … }), or begin the file's name with _ if it is not a job",
    ],
    [
      'that exports something else',
      { files: [fileWith('report', () => 'done')] },
      "functions/report.ts: exports something else than a job by default; write export default defineJob('report', { … }), or begin the file's name with _ if it is not a job",
    ],
    [
      'whose job is called otherwise',
      { files: [fileWith('report', nightly)] },
      `functions/report.ts: job "nightly": its name is not its file's; write defineJob('report', …), or rename the file to nightly.ts`,
    ],
    [
      'whose job shares its name with another',
      { files: [jobFile(nightly), jobFile(nightly, 'billing')] },
      'functions/nightly.ts and functions/billing/nightly.ts: both define the job "nightly"; a name may be used once in functions/, folders included',
    ],
    [
      'with a name that AWS would refuse',
      { files: [jobFile(defineJob('nightly_report', { run() {} }))] },
      `functions/nightly_report.ts: job "nightly_report": allowed are lower-case letters, digits and -, first a letter, at most 40 characters; rename the file and the job
                                         ^`,
    ],
    [
      'with a name that is too long for a Lambda function',
      { app: 'twelvecharsx', stage: 'twelvecharsx', files: [jobFile(defineJob('a'.repeat(40), { run() {} }))] },
      `functions/${'a'.repeat(40)}.ts: job "${'a'.repeat(40)}": function "twelvecharsx-twelvecharsx-${'a'.repeat(40)}": Lambda takes names of 64 characters, and this has 66; make the job's name, the app's or the stage's 2 shorter
${' '.repeat(177)}^^`,
    ],
    [
      'whose queue would be another one',
      { files: [jobFile(nightly), jobFile(defineJob('nightly-dlq', { run() {} }))] },
      'functions/nightly-dlq.ts: job "nightly-dlq": its queue would be shop-dev-nightly-dlq, which is the queue for the dead letters of job "nightly"; rename the job',
    ],
    [
      'whose queue would be the delivery queue',
      { files: [jobFile(defineJob('undelivered', { run() {} }))] },
      'functions/undelivered.ts: job "undelivered": its queue would be shop-dev-undelivered, which is the queue for what EventBridge could not deliver; rename the job',
    ],
    [
      'called as a member of every object',
      { files: [jobFile(defineJob('constructor', { run() {} }))] },
      'functions/constructor.ts: job "constructor": every object has a member of that name; rename the file and the job',
    ],
    [
      'called as the watchdog',
      { files: [jobFile(defineJob('watchdog', { run() {} }))] },
      `functions/watchdog.ts: job "watchdog": the name is Belfry's own; rename the file and the job`,
    ],
    [
      "whose queue would be the one for the watchdog's dead letters",
      { files: [jobFile(defineJob('watchdog-dlq', { run() {} }))] },
      'functions/watchdog-dlq.ts: job "watchdog-dlq": its queue would be shop-dev-watchdog-dlq, which is the queue for the dead letters of the watchdog; rename the job',
    ],
    [
      'whose alarm would be the one for the failed runs of all jobs',
      { files: [jobFile(defineJob('runs', { run() {} }))] },
      'functions/runs.ts: job "runs": its alarm would be shop-dev-runs-failed, which is that of all jobs; rename the file and the job',
    ],
    [
      'with a field that nobody reads',
      jobWith(untyped({ tiemout: '5 minutes', retry: { attempts: 2, backoff: { intial: '1 second' } } })),
      [
        'functions/nightly.ts: job "nightly": tiemout is not a field; write timeout',
        'functions/nightly.ts: job "nightly": retry.attempts is not a field; write retry.maxAttempts',
        'functions/nightly.ts: job "nightly": retry.backoff.intial is not a field; write retry.backoff.initial',
      ].join('\n'),
    ],
    [
      'without a run',
      { files: [jobFile(untyped({ name: 'nightly', definition: {} }))] },
      'functions/nightly.ts: job "nightly": it has no run; write async run(input, context) { … }',
    ],
    [
      'with memory that has no unit',
      jobWith({ memory: untyped(512) }),
      'functions/nightly.ts: job "nightly": memory 512 has no unit; write \'512 MB\'',
    ],
    [
      'with a timeout that is too long',
      jobWith({ timeout: '20 minutes' }),
      `functions/nightly.ts: job "nightly": timeout '20 minutes' is out of bounds; allowed are 1 second to 14 minutes. A Lambda function ends after 15 minutes: cut the work into several runs, or use Step Functions or Fargate for it`,
    ],
    [
      'with a number for a duration',
      jobWith({ timeout: untyped(30) }),
      `functions/nightly.ts: job "nightly": timeout 30 is not a duration; write a number and a unit, such as '30 seconds' or '10 minutes'`,
    ],
    [
      'with more attempts than allowed',
      jobWith({ retry: { maxAttempts: 11 } }),
      'functions/nightly.ts: job "nightly": retry.maxAttempts 11 is out of bounds; allowed are 1 to 10',
    ],
    [
      'with an overlap policy that does not exist',
      jobWith({ overlap: untyped('queue') }),
      `functions/nightly.ts: job "nightly": overlap 'queue' is unknown; allowed are 'skip', 'allow'`,
    ],
    [
      'with a choice for timeouts that does not exist',
      jobWith({ onTimeout: untyped('ignore') }),
      `functions/nightly.ts: job "nightly": onTimeout 'ignore' is unknown; allowed are 'retry', 'fail'`,
    ],
    [
      'with a concurrency that AWS refuses',
      jobWith({ concurrency: 1 }),
      `functions/nightly.ts: job "nightly": concurrency 1 is out of bounds; allowed are 2 to 1000. AWS takes nothing below 2 here: for one run at a time keep overlap: 'skip'`,
    ],
    [
      'with memory in another unit',
      jobWith({ memory: untyped('1 GB') }),
      `functions/nightly.ts: job "nightly": memory '1 GB' is out of bounds; allowed are '128 MB' to '10240 MB'`,
    ],
  ])('%s', (_, written, message) => {
    expect(messageFor(written)).toBe(message);
  });
});

describe('a schedule', () => {
  test.each<[string, Written, string]>([
    [
      'of a job that is in no file',
      entry('daily', { every: '1 day' }, defineJob('cleanup', { run() {} })),
      'infra/schedules.ts: schedule "daily": job "cleanup" is in no file of functions/; there are: nightly, report. Files that begin with _ or end in .test.ts do not count',
    ],
    [
      'of nothing, as an import in a circle gives it',
      { schedules: { daily: schedule(untyped(undefined), untyped({ every: '1 day' })) } },
      'infra/schedules.ts: schedule "daily": it has no job; write schedule(<a job imported from functions/>, { … })',
    ],
    [
      'with an id that EventBridge would refuse',
      entry('daily report', { every: '1 day' }),
      `infra/schedules.ts: schedule "daily report": allowed are lower-case letters, digits, . and -, first a letter or a digit, at most 40 characters
                                   ^`,
    ],
    [
      'with an id that is too long',
      entry('d'.repeat(41), { every: '1 day' }),
      `infra/schedules.ts: schedule "${'d'.repeat(41)}": allowed are lower-case letters, digits, . and -, first a letter or a digit, at most 40 characters
                                                                      ^`,
    ],
    [
      'called as the watchdog',
      entry('watchdog', { every: '1 day' }),
      `infra/schedules.ts: schedule "watchdog": the id is Belfry's own; write another`,
    ],
    [
      'at an hour that no day has',
      entry('daily', { cron: '0 25 * * *' }),
      `infra/schedules.ts: schedule "daily": cron "0 25 * * *": hour 25 is out of range; allowed are 0-23
                                              ^^`,
    ],
    [
      'with two ways to say when',
      entry('daily', { cron: '0 2 * * *', every: '1 day' }),
      `infra/schedules.ts: schedule "daily": every "1 day": cron is given too, and a schedule has one of cron, every, at
                                             ^^^^^`,
    ],
    [
      'with a field that nobody reads',
      entry('daily', { every: '1 day', timeZone: 'Europe/Stockholm', enable: false }),
      [
        'infra/schedules.ts: schedule "daily": timeZone is not a field; write timezone',
        'infra/schedules.ts: schedule "daily": enable is not a field; write enabled',
      ].join('\n'),
    ],
    [
      'with its time under a name that is misspelt, told once',
      entry('daily', { evry: '1 day' }),
      'infra/schedules.ts: schedule "daily": evry is not a field; write every',
    ],
    [
      'with none',
      entry('daily', { timezone: 'Europe/Stockholm' }),
      `infra/schedules.ts: schedule "daily": cron "": one of cron, every, at is needed
                                            ^`,
    ],
    [
      'in a zone that does not exist',
      entry('daily', { cron: '0 2 * * *', timezone: 'Europe/Stokholm' }),
      `infra/schedules.ts: schedule "daily": timezone "Europe/Stokholm": no such time zone; write Europe/Stockholm
                                                ^^^^^^^^^^^^^^^`,
    ],
    [
      'in a zone that is no text',
      entry('daily', { cron: '0 2 * * *', timezone: 2 }),
      `infra/schedules.ts: schedule "daily": timezone 2 is not text; write a place, such as 'Europe/Stockholm'`,
    ],
    [
      'enabled by a word',
      entry('daily', { every: '1 day', enabled: 'prod' }),
      `infra/schedules.ts: schedule "daily": enabled "prod" is not allowed; write true, false, or the stages it is on in: ['prod']`,
    ],
    [
      'enabled in a stage that is not listed',
      entry('daily', { every: '1 day', enabled: ['prod', 'production'] }),
      'infra/schedules.ts: schedule "daily": enabled: stage "production" is not listed in infra/stages.ts; listed are: dev, test, prod; give one of them, or add it to the list',
    ],
  ])('%s', (_, written, message) => {
    expect(messageFor(written)).toBe(message);
  });
});

describe('the input of a schedule', () => {
  const slow = defineJob('nightly', {
    input: { '~standard': { version: 1, vendor: 'own', validate: async (value: unknown) => ({ value }) } },
    run() {},
  });
  const broken = defineJob('nightly', {
    input: {
      '~standard': {
        version: 1,
        vendor: 'own',
        validate: () => {
          throw new RangeError('no rates for today');
        },
      },
    },
    run() {},
  });

  test.each<[string, Written, string]>([
    [
      'that is missing',
      entry('daily', { every: '1 day' }, untyped(report)),
      'input is missing, and job "report" wants one: input: Invalid input: expected object, received undefined',
    ],
    [
      'that the job refuses',
      reportInput({ region: 'mars' }),
      'input.region: Invalid option: expected one of "eu"|"us"',
    ],
    [
      'of a job that takes none',
      entry('daily', { every: '1 day', input: { region: 'eu' } }),
      'the job takes no input; give it none, or declare `input` in its definition',
    ],
    [
      'of a job whose schema does not answer at once',
      { files: [jobFile(slow)], ...entry('daily', { every: '1 day', input: 1 }, untyped(slow)) },
      'the input schema is asynchronous; use one that answers at once',
    ],
    [
      'of a job whose schema throws',
      { files: [jobFile(broken)], ...entry('daily', { every: '1 day', input: 1 }, untyped(broken)) },
      'the input schema of job "nightly" threw "RangeError: no rates for today"; a schema reports what is wrong and does not throw',
    ],
    [
      'that JSON cannot say',
      reportInput({ region: 'eu', note: { since: new Date(0) } }),
      'input.note.since is a Date, which is not JSON; allowed are text, numbers, booleans, null, lists and plain objects',
    ],
    [
      'with a number that is none',
      reportInput({ region: 'eu', note: Number.NaN }),
      'input.note is NaN, which is not JSON; allowed are text, numbers, booleans, null, lists and plain objects',
    ],
    [
      'with code in it',
      reportInput({ region: 'eu', note: () => 1 }),
      'input.note is a function, which is not JSON; allowed are text, numbers, booleans, null, lists and plain objects',
    ],
    [
      'with a hole in a list',
      reportInput({ region: 'eu', note: ['a', undefined] }),
      'input.note.1 is undefined, which is not JSON; write null or leave it out',
    ],
    [
      'that contains itself',
      reportInput(circular),
      'input.note contains itself, which JSON cannot say; write it as a tree',
    ],
    [
      'that is nested too deep',
      reportInput({ region: 'eu', note: nested(32) }),
      'input.note.a.a… is nested deeper than 32; make it flatter',
    ],
    [
      'with a key that reaches a prototype',
      reportInput({ region: 'eu', note: { constructor: 1 } }),
      'input.note.constructor is a key that is not allowed; give it another name',
    ],
    [
      'with text that EventBridge would replace',
      reportInput({ region: 'eu', note: 'at <aws.scheduler.scheduled-time>' }),
      'input.note holds <aws.scheduler.…, which EventBridge would replace; take it out: a job has the due time in its context, as run.scheduledTime',
    ],
    [
      'that is too large for a message',
      reportInput({ region: 'eu', note: 'x'.repeat(65_536) }),
      'input makes a message that its function would refuse: the body has 65682 bytes; allowed are 65536; pass a key or an address instead of the data',
    ],
  ])('%s', (_, written, message) => {
    expect(messageFor(written)).toBe(`infra/schedules.ts: schedule "daily": ${message}`);
  });

  test('that is as deep and as large as allowed passes', () => {
    expect(check(reportInput({ region: 'eu', note: nested(31) })).schedules).toHaveLength(1);
    expect(check(reportInput({ region: 'eu', note: 'x'.repeat(65_000) })).schedules).toHaveLength(1);
  });
});

test('everything that is wrong is said at once', () => {
  const message = messageFor({
    files: [jobFile(defineJob('nightly', { timeout: '1 hour' as never, concurrency: 0, run() {} })), jobFile(report)],
    schedules: {
      a: schedule(report, {
        cron: '61 * * * *',
        timezone: 'Mars',
        input: { region: untyped('x') },
        spread: untyped('soon'),
      }),
      b: schedule(nightly, { every: '1 day' }),
      C: schedule(nightly, { every: '1 day' }),
    },
  });

  expect(message.split('\n').filter((line) => !/^ *\^+$/.test(line))).toEqual([
    expect.stringContaining('job "nightly": timeout'),
    expect.stringContaining('job "nightly": concurrency'),
    expect.stringContaining('schedule "a": timezone "Mars"'),
    expect.stringContaining('schedule "a": cron "61 * * * *": minute 61 is out of range'),
    expect.stringContaining('schedule "a": input.region'),
    expect.stringContaining('schedule "a": spread "soon" is not a duration'),
    expect.stringContaining('schedule "C": allowed are'),
  ]);
});

test('an entry that is past is left out with a note, and keeps nothing from being deployed', () => {
  const { notes, schedules } = check(entry('launch', { at: '2026-06-01T11:59' }));

  expect(schedules.map(({ isOver }) => isOver)).toEqual([true]);
  expect(notes).toEqual([
    'infra/schedules.ts: schedule "launch": at 2026-06-01T11:59 is past, so it is left out; remove the entry when you like',
  ]);
});
