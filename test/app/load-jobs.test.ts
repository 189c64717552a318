import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { findFiles } from '../../lib/app/find-files.ts';
import { loadJobs } from '../../lib/app/load-jobs.ts';
import { createFolder } from '../cdk/support.ts';

const LIBRARY = join(import.meta.dirname, '../../lib/entry/belfry.ts');

const jobText = (name: string): string =>
  `import { defineJob } from ${JSON.stringify(LIBRARY)};\nexport default defineJob('${name}', { run() {} });\n`;

/** A project with these files below `functions/`. */
function projectWith(files: Readonly<Record<string, string>>): string {
  const directory = join(createFolder(), 'functions');
  for (const [name, text] of Object.entries(files)) {
    const path = join(directory, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  return directory;
}

test('every file is a job, and folders are groups', async () => {
  const directory = projectWith({
    'b.ts': jobText('b'),
    'a.ts': jobText('a'),
    'billing/invoice.ts': jobText('invoice'),
  });

  const files = await loadJobs(directory);

  expect(files.map(({ file, group }) => [file, group])).toEqual([
    ['functions/a.ts', ''],
    ['functions/b.ts', ''],
    ['functions/billing/invoice.ts', 'billing'],
  ]);
  expect(files.map(({ exported }) => exported)).toMatchObject([{ name: 'a' }, { name: 'b' }, { name: 'invoice' }]);
});

test('what begins with _ is no job, nor is a test, nor a declaration, nor anything that is not TypeScript', async () => {
  const other = 'throw new Error("imported")';
  const directory = projectWith({
    'a.ts': jobText('a'),
    '_shared.ts': other,
    '_shared/deep.ts': other,
    'a.test.ts': other,
    'types.d.ts': other,
    'README.md': other,
    'billing/deeper/c.ts': other,
  });

  expect((await loadJobs(directory)).map(({ file }) => file)).toEqual(['functions/a.ts']);
});

test('code that looks like a job and is none is named, with what to do', () => {
  const extensions = ['js', 'mjs', 'cjs', 'mts', 'cts', 'tsx', 'jsx', 'TS'];
  const directory = projectWith({
    ...Object.fromEntries(extensions.map((extension) => [`report.${extension}`, ''])),
    'a/b/deep.ts': '',
    'a/b/c/deeper.js': '',
    // None of these.
    'a.ts': '',
    'a.test.js': '',
    'types.d.mts': '',
    '_shared.js': '',
    'a/_parts/part.ts': '',
    'a/data.json': '',
    'node_modules/pool/index.js': '',
    'a/node_modules/pool/index.js': '',
  });

  const { jobs, passedOver } = findFiles(directory);

  expect(jobs.map(({ path, group }) => [path.slice(directory.length), group])).toEqual([['/a.ts', '']]);
  const deep = (file: string) =>
    `functions/${file} is not loaded: jobs are in functions/ or in a folder directly in it; move it up, or begin the name of a folder above it with _ if it is not a job`;
  expect(passedOver).toEqual([
    deep('a/b/c/deeper.js'),
    deep('a/b/deep.ts'),
    ...extensions
      .toSorted()
      .map(
        (extension) =>
          `functions/report.${extension} is not loaded: a job is a .ts file; rename it, or begin its name with _ if it is not a job`,
      ),
  ]);
});

test('a folder of jobs that no stack could be named after is refused by name, with what is allowed', async () => {
  const directory = projectWith({
    'Billing_1/invoice.ts': jobText('invoice'),
    'no jobs/notes.md': '',
    'reports/daily.ts': "throw new Error('down');",
  });

  await expect(loadJobs(directory)).rejects.toMatchObject({
    name: 'InvalidAppError',
    problems: [
      expect.stringMatching(
        /^functions\/: folder "Billing_1": allowed are lower-case letters, digits and -, first a letter, at most 40 characters, .*; rename it, or begin its name with _ if it holds no jobs\n {20}\^$/,
      ),
      expect.stringContaining('functions/reports/daily.ts'),
    ],
  });
});

test('files that cannot be imported are named, all of them, with the line and the reason', async () => {
  const directory = projectWith({
    'a.ts': jobText('a'),
    'b.ts':
      "const url: string | undefined = process.env.NOT_SET;\nif (url === undefined) throw new Error('NOT_SET is not set');\n",
    'c.ts': "import 'no-such-package';\n",
  });

  await expect(loadJobs(directory)).rejects.toMatchObject({
    name: 'InvalidAppError',
    problems: [
      'functions/b.ts:2: importing it fails: Error: NOT_SET is not set; a job file must import without effects: what waits, opens or can fail belongs into run',
      'functions/c.ts:1: there is no package "no-such-package"; npm install no-such-package adds it',
    ],
  });
});

test('a folder that is empty or does not exist has no jobs', async () => {
  const empty = createFolder();

  expect(await loadJobs(empty)).toEqual([]);
  expect(await loadJobs(join(empty, 'functions'))).toEqual([]);
});
