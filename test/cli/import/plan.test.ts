import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from '@babel/parser';
import { describe, expect, test } from 'vitest';
import { readCrontab } from '../../../lib/cli/import/crontab/read-crontab.ts';
import type { Candidate } from '../../../lib/cli/import/found.ts';
import { addEntries } from '../../../lib/cli/import/project/add-entries.ts';
import { chooseName, type JobFile, originIn, readJobFiles } from '../../../lib/cli/import/project/job-files.ts';
import { type Outcome, type Plan, planImport } from '../../../lib/cli/import/project/plan.ts';
import { readSchedulesFile } from '../../../lib/cli/import/project/schedules-file.ts';
import { renderStub } from '../../../lib/cli/import/project/stub.ts';
import { planChange } from '../../../lib/cli/import/project/write.ts';
import { JOB_NAME } from '../../../lib/job/names.ts';

const candidatesOf = (text: string): readonly Candidate[] =>
  readCrontab({ path: 'x', text, timezone: 'UTC', form: 'user' }).found.filter((each) => each.kind === 'candidate');

/** A project that imports can be made into, one after the other. */
function setup(jobs: readonly JobFile[] = [], group = '') {
  const state = { jobs, schedules: 'export const schedules = {\n};\n' };
  return {
    state,
    importing(text: string): { outcomes: readonly Outcome[]; plan: Plan } {
      const { entries } = readSchedulesFile(state.schedules);
      const candidates = candidatesOf(text);
      const plan = planImport(candidates, { jobs: state.jobs, entries, group });
      state.schedules = addEntries(readSchedulesFile(state.schedules), plan.entries);
      state.jobs = [...state.jobs, ...plan.stubs.map(fileOfStub)];
      return { outcomes: candidates.flatMap((each) => plan.outcomes.get(each) ?? []), plan };
    },
  };
}

function fileOfStub({ path, text }: { path: string; text: string }): JobFile {
  const [, group = '', name = ''] = /^functions\/(?:(.*)\/)?(.*)\.ts$/.exec(path) ?? [];
  return { name, group, origin: originIn(text) ?? '' };
}

describe('an import', () => {
  test('makes one job of a command that stands at two times, with two schedules', () => {
    const { outcomes, plan } = setup().importing('0 2 * * * work\n0 5 * * * work\n');

    expect(plan.stubs.map(({ path }) => path)).toEqual(['functions/work.ts']);
    expect(outcomes).toEqual([
      { kind: 'new', job: 'work', schedule: 'work', isNewJob: true },
      { kind: 'new', job: 'work', schedule: 'work-2', isNewJob: false, sameAs: { file: 'x', line: 1 } },
    ]);
  });

  test('writes nothing a second time, also when the lines were moved and written otherwise', () => {
    const project = setup();
    project.importing('0 0 * * * work\n0 5 * * * work\n@daily other\n');
    const before = project.state.schedules;

    const { outcomes, plan } = project.importing('# moved\n0 0 * * *   other\n00 5 * * * work\n@daily work\n');

    expect(outcomes.map(({ kind }) => kind)).toEqual(['there', 'there', 'there']);
    expect([plan.stubs, project.state.schedules]).toEqual([[], before]);
  });

  test('tells that a time has changed, and leaves it to the user', () => {
    const project = setup();
    project.importing('0 2 * * * work\n');

    const { outcomes, plan } = project.importing('0 3 * * * work\n');

    expect(outcomes).toEqual([{ kind: 'changed', job: 'work', schedule: 'work', was: '0 2 * * * in UTC' }]);
    expect([plan.stubs, plan.entries]).toEqual([[], []]);
  });

  test.each([
    ["cron: '0 2 * * *', timezone: ZONE", 'timezone'],
    ["cron: '0 2 * * *', ...common", 'cron'],
    ["...common, cron: '0 2 * * *'", 'timezone'],
    ["cron: CRON, timezone: 'UTC'", 'cron'],
  ])('says nothing of when an entry with %s is due', (fields, field) => {
    const project = setup();
    project.importing('0 2 * * * work\n');
    project.state.schedules = project.state.schedules.replace("cron: '0 2 * * *', timezone: 'UTC'", fields);

    const { outcomes, plan } = project.importing('0 2 * * * work\n');

    expect(outcomes).toEqual([{ kind: 'unclear', job: 'work', schedule: 'work', field }]);
    expect([plan.stubs, plan.entries]).toEqual([[], []]);
  });

  test('is not led astray by a command that looks like the line by which jobs are known', () => {
    const project = setup();
    project.importing('0 6 * * * Origin: crontab deadbeef\n');

    const { outcomes } = project.importing('0 6 * * * Origin: crontab deadbeef\n');

    expect(outcomes).toMatchObject([{ kind: 'there' }]);
  });

  test('adds a time that is new beside one that is there', () => {
    const project = setup();
    project.importing('0 2 * * * work\n');

    const { outcomes } = project.importing('0 2 * * * work\n0 3 * * * work\n');

    expect(outcomes).toEqual([
      { kind: 'there', job: 'work', schedule: 'work' },
      { kind: 'new', job: 'work', schedule: 'work-2', isNewJob: false },
    ]);
  });

  test('takes the same line twice for one', () => {
    const { outcomes, plan } = setup().importing('0 2 * * * work\n0 2 * * * work\n');

    expect(outcomes).toEqual([expect.objectContaining({ kind: 'new' }), { kind: 'repeated', line: 1 }]);
    expect(plan.entries).toHaveLength(1);
  });

  test('knows a job again that was renamed and moved', () => {
    const [{ origin = '' } = {}] = candidatesOf('0 2 * * * work\n');
    const project = setup([{ name: 'nightly', group: 'billing', origin }]);

    const { plan } = project.importing('0 2 * * * work\n');

    expect(plan.stubs).toEqual([]);
    expect(plan.entries).toMatchObject([{ id: 'nightly', jobFile: 'billing/nightly.ts' }]);
  });

  test('knows a job again whose origin was deleted, by its name and time', () => {
    const project = setup();
    project.importing('0 2 * * * work\n');
    project.state.jobs = [{ name: 'work', group: '' }];

    expect(project.importing('0 2 * * * work\n').outcomes).toEqual([{ kind: 'there', job: 'work', schedule: 'work' }]);
    expect(project.importing('0 3 * * * work\n').outcomes).toMatchObject([{ kind: 'new', job: 'work-2' }]);
  });

  test('never takes the name of a job that is there', () => {
    const { plan } = setup([
      { name: 'work', group: '' },
      { name: 'Work-2', group: 'a' },
    ]).importing('0 2 * * * work\n');

    expect(plan.stubs.map(({ path }) => path)).toEqual(['functions/work-3.ts']);
  });

  test('into a folder imports the library from there', () => {
    const { plan } = setup([], 'old').importing('0 2 * * * work\n');

    expect(plan.stubs[0]).toMatchObject({
      path: 'functions/old/work.ts',
      text: expect.stringContaining("from 'belfry'"),
    });
    expect(plan.entries[0]?.jobFile).toBe('old/work.ts');
  });
});

test('more jobs than a stack holds are refused before anything is written, and folders are told of', () => {
  const lines = Array.from({ length: 36 }, (_, index) => `0 2 * * * work${index}\n`).join('');
  const project = {
    directory: '/nowhere',
    group: '',
    jobs: [],
    entries: [],
    schedulesText: 'export const schedules = {};',
  };

  expect(() => planChange(project, candidatesOf(lines))).toThrow(
    /^functions\/ would have 36 jobs, and a stack holds about 35: .*--group <name>$/,
  );
  expect(planChange(project, candidatesOf(lines).slice(1)).stubs).toHaveLength(35);
});

test('what the deployment takes for no job is none', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'belfry-jobs-'));
  try {
    mkdirSync(join(folder, 'functions/odd.ts'), { recursive: true });
    for (const name of ['_common.ts', 'work.test.ts', 'work.d.ts', 'work.ts', 'odd.ts/deep.ts', 'odd.ts/_x.ts']) {
      writeFileSync(join(folder, 'functions', name), '');
    }

    expect(await readJobFiles(folder)).toEqual([
      { name: 'work', group: '' },
      { name: 'deep', group: 'odd.ts' },
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.each([
  ['Nightly Report!', 'nightly-report'],
  ['2nd', 'job-2nd'],
  ['', 'job'],
  ['ÅÄÖ', 'job'],
  ['undelivered', 'undelivered-job'],
  ['runs', 'runs-job'],
  ['alerts', 'alerts-job'],
  ['watchdog', 'watchdog-job'],
  ['watchdog-dlq', 'watchdog-dlq-job'],
  ['work-dlq', 'work-dlq-job'],
  ['x'.repeat(80), 'x'.repeat(32)],
])('%j becomes the name %s', (hint, name) => {
  expect(chooseName([hint], new Set())).toBe(name);
  expect(name).toMatch(JOB_NAME);
});

describe('the file of a job that is not ported', () => {
  const stub = (command: string): string => {
    const [candidate] = candidatesOf(`0 2 * * * ${command}\n`);
    if (candidate === undefined) throw new Error('refused');
    return renderStub('work', candidate);
  };

  test('says what it ran, and refuses to run', () => {
    expect(stub('timeout 5m /opt/work --hard | tee log')).toBe(`import { defineJob, NonRetryableError } from 'belfry';

/**
 * Not ported yet. What it ran:
 *
 *     timeout 5m /opt/work --hard | tee log
 *
 * To port: it needs a shell (|).
 * To port: it uses files of its machine: /opt/work.
 * To port: Lambda does not have: tee.
 *
 * A further import knows the job by the next line.
 * Origin: crontab ${/Origin: crontab (\w+)/.exec(stub('timeout 5m /opt/work --hard | tee log'))?.[1]}
 */
export default defineJob('work', {
  timeout: '5 minutes',
  retry: { maxAttempts: 1 },
  run() {
    throw new NonRetryableError("not ported yet: the comment in the job's file says what it ran");
  },
});
`);
  });

  test.each([
    '*/; process.exit(1); /*',
    "'); process.exit(1); ('",
    '$' + '{process.exit(1)} ` \\',
    '\u2028process.exit(1)',
    '\u202Egnp',
  ])('is not ended by a command like %j', (command) => {
    const { program, comments } = parse(stub(command), { sourceType: 'module', plugins: ['typescript'] });

    expect(program.body.map(({ type }) => type)).toEqual(['ImportDeclaration', 'ExportDefaultDeclaration']);
    expect(comments).toHaveLength(1);
    expect(stub(command)).not.toMatch(/[\u2028\u202E]/);
  });
});
