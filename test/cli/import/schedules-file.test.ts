import { describe, expect, test } from 'vitest';
import { addEntries, describeEntries, type NewEntry } from '../../../lib/cli/import/project/add-entries.ts';
import { readSchedulesFile, UnknownShapeError } from '../../../lib/cli/import/project/schedules-file.ts';

const ENTRY: NewEntry = { id: 'backup', jobFile: 'backup.ts', cron: '0 2 * * *', timezone: 'UTC' };
const LINE = "  backup: schedule(backup, { cron: '0 2 * * *', timezone: 'UTC', enabled: false }),";

const add = (text: string, entries: readonly NewEntry[] = [ENTRY]): string =>
  addEntries(readSchedulesFile(text), entries);

const LIBRARY = "import { type Schedules, schedule } from 'belfry';\n";
const OWN = "import heartbeat from '../functions/heartbeat.ts';\n";
const HEAD = LIBRARY + OWN;

describe('an entry is put into infra/schedules.ts', () => {
  test('beside what is there, which stays as it is', () => {
    const text = `${HEAD}
/** Ours. */
export const schedules: Schedules = {
  // five is enough
  heartbeat: schedule( heartbeat, { every: "5 minutes" } ), // more
  /* the end */
};
`;

    expect(add(text)).toBe(
      text
        .replace('import heartbeat', "import backup from '../functions/backup.ts';\nimport heartbeat")
        .replace('/* the end */\n', `/* the end */\n${LINE}\n`),
    );
  });

  test.each([
    [
      'an empty object',
      'export const schedules: Schedules = {};',
      `export const schedules: Schedules = {\n${LINE}\n};`,
    ],
    [
      'an object on one line',
      'export const schedules = { a: schedule(heartbeat, {}) } satisfies Schedules;',
      `export const schedules = { a: schedule(heartbeat, {}),\n${LINE}\n} satisfies Schedules;`,
    ],
    [
      'a last entry without a comma, and with a comment',
      'export const schedules = {\n  a: schedule(heartbeat, {}) // last\n};',
      `export const schedules = {\n  a: schedule(heartbeat, {}), // last\n${LINE}\n};`,
    ],
    [
      'an object that is exported later',
      'const schedules = {\n} as Schedules;\nexport { schedules };',
      `const schedules = {\n${LINE}\n} as Schedules;\nexport { schedules };`,
    ],
    [
      'a comment that ends before the brace',
      'export const schedules = {\n/* \n */ };',
      `export const schedules = {\n/* \n */\n${LINE}\n};`,
    ],
  ])('into %s', (_, text, expected) => {
    expect(add(HEAD + text)).toBe(`${LIBRARY}import backup from '../functions/backup.ts';\n${OWN}${expected}`);
  });

  test('with the line ends of the file', () => {
    const text = `${HEAD}export const schedules = {\n};\n`.replaceAll('\n', '\r\n');

    expect(add(text).replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  });

  test('with what is imported already, under its name there', () => {
    const text = `import night from '../functions/backup.ts';
import { schedule as due } from 'belfry';
export const schedules = {
};
`;

    expect(add(text)).toBe(text.replace('};', `${LINE.replace('schedule(backup', 'due(night')}\n};`));
  });

  test('behind the import that comes before it, comments and all', () => {
    const text = `import { schedule } from 'belfry';
import a from '../functions/a.ts'; // the first
import c from '../functions/c.ts'; /* goes
on */ import z from '../functions/z.ts';
export const schedules = {
};
`;

    const result = add(text, [ENTRY, { ...ENTRY, id: 'd', jobFile: 'd.ts' }]);

    expect(result).toContain("// the first\nimport backup from '../functions/backup.ts';\nimport c");
    expect(readSchedulesFile(result).entries.map(({ id, jobFile }) => [id, jobFile])).toEqual([
      ['backup', 'backup.ts'],
      ['d', 'd.ts'],
    ]);
  });

  test('under a name that nothing else has, and that is no word of the language', () => {
    const text = `${HEAD}const backup = 1;\nexport const schedules = {\n};\n`;
    const entries = ['backup', 'delete', 'schedule', 'fetch', 'a-10-b', 'a-1-b', 'a-2', 'a', 'group/x-y'].map(
      (name) => ({
        ...ENTRY,
        id: name.replace('group/', ''),
        jobFile: `${name}.ts`,
      }),
    );

    expect(add(text, entries).match(/import \w+ from '\.\.\/functions\/(?!heart).*/g)).toEqual([
      "import a from '../functions/a.ts';",
      "import a1B from '../functions/a-1-b.ts';",
      "import a2 from '../functions/a-2.ts';",
      "import a10B from '../functions/a-10-b.ts';",
      "import backupJob from '../functions/backup.ts';",
      "import deleteJob from '../functions/delete.ts';",
      "import fetchJob from '../functions/fetch.ts';",
      "import xY from '../functions/group/x-y.ts';",
      "import scheduleJob from '../functions/schedule.ts';",
    ]);
  });

  test('on lines of its own where it would be too wide, with its comment and maximum lateness', () => {
    const entry: NewEntry = {
      ...ENTRY,
      id: 'a-name-of-thirty-two-characters',
      jobFile: 'a-name-of-thirty-two-characters.ts',
      maxLateness: '10 minutes',
      comment: 'Suspended in Kubernetes.',
    };

    expect(add(`${HEAD}export const schedules = {\n};\n`, [entry])).toContain(`
  // Suspended in Kubernetes.
  'a-name-of-thirty-two-characters': schedule(aNameOfThirtyTwoCharacters, {
    cron: '0 2 * * *',
    timezone: 'UTC',
    maxLateness: '10 minutes',
    enabled: false,
  }),
};`);
  });

  test('nothing is changed for no entries', () => {
    expect(add('export const schedules = {}', [])).toBe('export const schedules = {}');
  });
});

test.each([
  ['export const schedules = make();', 'its `schedules` is no object literal'],
  ['export const other = {};', 'it has no `const schedules`'],
  ['export const schedules = { ...more };', 'its `schedules` spreads another object'],
  ['export const schedules = { [id]: 1 };', 'an id in its `schedules` is computed'],
  [
    'let schedules = {}; schedules = { a: 1 }; export { schedules };',
    'its `schedules` is a `let`, and may become another object further down',
  ],
  ['export const schedules = {', expect.stringMatching(/^it does not parse: /)],
])('a file of another shape is not touched: %s', (text, message) => {
  expect(() => readSchedulesFile(text)).toThrow(UnknownShapeError);
  expect(() => readSchedulesFile(text)).toThrow(expect.objectContaining({ message }));
});

test.each(["import { schedule } from './x.ts';", 'function schedule() {}', 'const schedule = 1;'])(
  'nothing is put into a file with a `schedule` of its own: %s',
  (line) => {
    expect(() => add(`${line}\nexport const schedules = {};\n`)).toThrow(
      expect.objectContaining({ message: 'what it calls `schedule` does not come from belfry' }),
    );
  },
);

test('an id that is a number is one', () => {
  expect(readSchedulesFile('export const schedules = { 0: schedule(a, {}) };').entries).toMatchObject([{ id: '0' }]);
});

test.each([
  ["{ cron: '0 2 * * *', timezone: `UTC`, dst: 'skip' as const }", []],
  ["{ cron: '0 2 * * *', timezone: ZONE }", ['timezone']],
  ["{ cron: '0 2 * * *', dst }", ['dst']],
  ["{ ...common, cron: '0 2 * * *' }", ['timezone', 'dst']],
  ["{ cron: '0 2 * * *', [field]: 1 }", ['cron', 'timezone', 'dst']],
  ['options', ['cron', 'timezone', 'dst']],
])('of %s it is known which fields are not plain', (options, obscure) => {
  expect(readSchedulesFile(`export const schedules = { a: schedule(a, ${options}) };`).entries).toMatchObject([
    { obscure },
  ]);
});

test('for such a file the lines are there to be pasted', () => {
  expect(describeEntries([ENTRY])).toEqual({
    imports: ["import { schedule } from 'belfry';", "import backup from '../functions/backup.ts';"],
    entries: [LINE],
  });
});
