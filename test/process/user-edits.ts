/**
 * `npm test` in copies of this checkout whose user has done the tutorial of the README, edited the examples, or deleted
 * every job: the tests of the product must not depend on the files of a user.
 *
 * No test, because it runs the tests.
 */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fencesOf, type MarkdownFile, readMarkdown } from '../docs/markdown.ts';
import { CheckoutCopy } from './support/checkout-copy.ts';
import { jobFile } from './support/job-file.ts';

const say = (text: string): unknown => process.stdout.write(`${text}\n`);

const EMPTY_SCHEDULES = `import type { Schedules } from 'belfry';

export const schedules: Schedules = {};
`;

const EMPTY_ACCESS = `import type { Belfry } from 'belfry/cdk';

export default (belfry: Belfry): void => {
  belfry.defaults({ environment: { LOG_LEVEL: 'info' } });
};
`;

const ONE_SCHEDULE = `import { type Schedules, schedule } from 'belfry';
import only from '../functions/only.ts';

export const schedules: Schedules = { often: schedule(only, { every: '5 minutes' }) };
`;

const HOW_TO_BEGIN = /there are no jobs yet: write functions\/<name>\.ts/;

const copy = await CheckoutCopy.create();
try {
  await checkTutorial();
  await copy.reset();
  await checkWithoutJobs();
  say('\nuser-edits: passed');
} finally {
  await copy.remove();
}

/** The tutorial word for word; then files of the user badly formatted, another time of a schedule, another name of the app. */
async function checkTutorial(): Promise<void> {
  const files = tutorialFiles(readMarkdown('README.md'));
  for (const [path, text] of files) {
    say(`tutorial: ${path}`);
    await copy.write(path, text);
  }
  for (const path of ['functions/heartbeat.ts', 'infra/schedules.ts', 'test/functions/heartbeat.test.ts']) {
    if (!existsSync(join(copy.directory, path))) continue;
    say(`badly formatted: ${path}`);
    await copy.edit(path, (text) => text.replaceAll(/'([^'"\n]*)';$/gm, '"$1"').replaceAll(/^ {2}/gm, '      '));
  }
  await copy.edit('infra/schedules.ts', (text) => text.replace("every: '5 minutes'", "every:   '10 minutes'"));
  await copy.edit('cdk.json', (text) => text.replace(/"app": "belfry"/, '"app": "shop"'));
  await copy.write('.belfry.env', 'HEARTBEAT_URL=http://127.0.0.1:1\n');

  const output = await copy.passes(['npm', 'test']);
  assert.match(output, /functions\/deadline-reminder\.test\.ts/, 'the test of the tutorial did not run');
  assert.match(output, /warning: the formatting above/, 'nothing was said of the formatting');

  say('a promise that nobody waits for, in a job, is no matter of formatting');
  await copy.write('functions/_floating.ts', 'export const start = (): void => {\n  Promise.resolve();\n};\n');
  assert.match(await copy.fails(['npm', 'run', 'check:lint']), /functions\/_floating\.ts.*noFloatingPromises/);
}

/** Both examples deleted, with what belongs to them; then one job. */
async function checkWithoutJobs(): Promise<void> {
  say('\nevery job deleted, with schedules, access and tests');
  for (const folder of ['functions', 'test/functions']) await copy.delete(folder);
  await copy.write('infra/schedules.ts', EMPTY_SCHEDULES);
  await copy.write('infra/access.ts', EMPTY_ACCESS);

  assert.match(await copy.passes(['npx', '--no-install', 'cdk', 'synth', '--quiet']), HOW_TO_BEGIN);
  assert.match(await copy.passes(['npm', 'start', '--', '--for', '5s']), HOW_TO_BEGIN);
  assert.match(await copy.passes(['npm', 'run', 'belfry', '--', 'next']), HOW_TO_BEGIN);
  await copy.passes(['npm', 'test']);

  say('\none job');
  await copy.write('functions/only.ts', jobFile('only', { body: "return 'done';" }));
  await copy.write('infra/schedules.ts', ONE_SCHEDULE);
  await copy.passes(['npx', '--no-install', 'cdk', 'synth', '--quiet']);
  assert.match(await copy.passes(['npm', 'start', '--', '--for', '5s']), /often +only +every 5 minutes/);
  assert.match(await copy.passes(['npm', 'run', 'belfry', '--', 'run', 'only']), /status +completed/);
  assert.match(await copy.passes(['npm', 'run', 'belfry', '--', 'next']), /often +every 5 minutes/);
}

/** The files that the README's tutorial has a user write, by path: fenced TypeScript that begins with the file's name. */
function tutorialFiles(readme: MarkdownFile): ReadonlyMap<string, string> {
  const start = readme.lines.findIndex((line) => line.startsWith('## A first job'));
  assert.ok(start >= 0, 'README.md has no section "A first job"');
  const end = readme.lines.findIndex((line, index) => index > start && line.startsWith('## '));
  const section = { ...readme, lines: readme.lines.slice(start, end < 0 ? undefined : end) };
  const files = fencesOf(section).flatMap(({ info, code }): [string, string][] => {
    const path = /^\/\/ ((?:functions|infra|test\/functions)\/[\w./-]+\.ts)\b/.exec(code[0] ?? '')?.[1];
    return info === 'ts' && path !== undefined ? [[path, `${code.join('\n')}\n`]] : [];
  });
  const paths = files.map(([path]) => path);
  for (const part of [/^functions\//, /^infra\/schedules\.ts$/, /^test\/functions\//]) {
    assert.ok(
      paths.some((path) => part.test(path)),
      `the tutorial has no file like ${part}; it has: ${paths.join(', ')}`,
    );
  }
  return new Map(files);
}
