import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { checkJobs } from '../../lib/app/check-jobs.ts';
import { defineJob } from '../../lib/entry/belfry.ts';
import type { JobDefinition } from '../../lib/job/job.ts';

const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'belfry-packaging-')));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const project = join(scratch, 'project');
mkdirSync(join(project, 'templates/parts'), { recursive: true });
mkdirSync(join(project, 'empty'));
mkdirSync(join(project, 'shared'));
writeFileSync(join(project, 'templates/mail.html'), '');
writeFileSync(join(project, 'templates/parts/foot.html'), '');
writeFileSync(join(project, 'shared/x.txt'), '');
writeFileSync(join(scratch, 'outside.txt'), '');
symlinkSync(join(scratch, 'outside.txt'), join(project, 'link.txt'));

type Options = Omit<JobDefinition<undefined, unknown>, 'run'>;

function check(options: Options) {
  const exported = defineJob('mail', { ...options, run() {} });
  const file = { file: 'functions/mail.ts', path: join(project, 'functions/mail.ts'), group: '', exported };
  return checkJobs([file], { app: 'shop', stage: 'dev' });
}

test('assets are all files of what they name, each once, by their paths in the project', () => {
  const [job] = check({ assets: ['templates/', 'templates/mail.html'] }).jobs;

  expect(job?.assets).toEqual([
    { path: 'templates/mail.html', source: join(project, 'templates/mail.html') },
    { path: 'templates/parts/foot.html', source: join(project, 'templates/parts/foot.html') },
  ]);
});

describe('refused is', () => {
  test.each<[what: string, options: Options, problem: string]>([
    [
      'a file that is not there',
      { assets: ['templates/male.html'] },
      `assets: "templates/male.html" is not there; paths start from ${project}`,
    ],
    [
      'a file above the project',
      { assets: ['../outside.txt'] },
      'assets: "../outside.txt" is not inside the project; name a file or a folder by its path from the project\'s folder',
    ],
    [
      'an absolute path',
      { assets: ['/etc/hosts'] },
      'assets: "/etc/hosts" is not inside the project; name a file or a folder by its path from the project\'s folder',
    ],
    [
      'the whole project',
      { assets: ['.'] },
      'assets: "." is not inside the project; name a file or a folder by its path from the project\'s folder',
    ],
    [
      'a link out of the project',
      { assets: ['link.txt'] },
      `assets: "link.txt" leads out of the project: ${join(project, 'link.txt')} is a link to ${join(scratch, 'outside.txt')}`,
    ],
    [
      'an empty folder',
      { assets: ['empty'] },
      'assets: "empty" is an empty folder, which is not deployed; put a file into it or leave it out',
    ],
    [
      'the name of a part of the bundle',
      { assets: ['shared/x.txt'] },
      'assets: "shared/x.txt" has the name of a part of the bundle; put it into a folder of its own',
    ],
    [
      'what is no list',
      { assets: 'templates' as unknown as string[] },
      'assets is "templates"; write a list of texts, as [\'templates/mail.html\']',
    ],
    [
      'a module of Node as external',
      { external: ['node:fs'] },
      'external: "node:fs" is a module of Node, which no bundle contains; leave it out',
    ],
    [
      'Belfry as external',
      { external: ['belfry'] },
      'external: "belfry" is Belfry itself, which no layer brings; leave it out',
    ],
    [
      'a path as external',
      { external: ['./sharp'] },
      "external: \"./sharp\" is not a package's name; write it without a path, as 'sharp' or '@img/colour'",
    ],
    [
      'an unknown warning',
      { acknowledge: { 'file-near-code': 'x' } as Options['acknowledge'] & object },
      'acknowledge names the warning "file-near-code", which is none; there are file-beside-code',
    ],
    [
      'a warning without a reason',
      { acknowledge: { 'file-beside-code': ' ' } },
      'acknowledge gives no reason for file-beside-code; write one, for the next reader of the job',
    ],
  ])('%s', (_, options, problem) => {
    expect(check(options).problems).toEqual([`functions/mail.ts: job "mail": ${problem}`]);
  });
});
