import { execFile } from 'node:child_process';
import { readdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CommandEnd } from './support/belfry-command.ts';
import { Project } from './support/project.ts';

/** `belfry import`, and what the app is afterwards. */

const FIXTURES = join(import.meta.dirname, '../cli/import/fixtures');
const SHOP = join(FIXTURES, 'shop.crontab');
const MANIFESTS = join(FIXTURES, 'k8s');

let project: Project;

beforeAll(async () => {
  project = await Project.create();
});

afterAll(() => project.remove());

const importing = (...args: readonly string[]): Promise<CommandEnd> => project.belfry(['import', ...args]).end();

/** Everything that an import may write. */
async function written(): Promise<Readonly<Record<string, string>>> {
  const names = (await readdir(join(project.directory, 'functions'), { recursive: true })).filter((name) =>
    name.endsWith('.ts'),
  );
  const paths = ['infra/schedules.ts', ...names.sort().map((name) => `functions/${name}`)];
  return Object.fromEntries(await Promise.all(paths.map(async (path) => [path, await project.read(path)])));
}

interface Manifest {
  readonly jobs: readonly { readonly name: string; readonly policy: object }[];
  readonly schedules: readonly object[];
}

/** The app's manifest, as the deployment writes it. */
async function synthesize(): Promise<Manifest> {
  const outdir = join(project.temporary, 'cdk.out');
  const env = {
    PATH: process.env['PATH'],
    HOME: project.home,
    CDK_OUTDIR: outdir,
    CDK_CONTEXT_JSON: JSON.stringify({ 'aws:cdk:bundling-stacks': [] }),
    CDK_VALIDATION: 'false',
  };
  await new Promise<void>((resolve, reject) => {
    execFile(
      process.execPath,
      ['--import', import.meta.resolve('tsx'), 'infra/app.ts'],
      { cwd: project.directory, env },
      (error, _, stderr) => (error === null ? resolve() : reject(new Error(stderr))),
    );
  });
  return JSON.parse(await readFile(join(outdir, 'belfry.json'), 'utf8')) as Manifest;
}

describe('importing a crontab', () => {
  test('needs a zone where the file names none, and names the line', async () => {
    const { code, stdout, stderr } = await importing('crontab', SHOP);

    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('shop.crontab:8: in which time zone?');
  });

  test('says in its own voice what is wrong with a zone, and with a file', async () => {
    const environment = { INIT_CWD: '/elsewhere' };
    const [zone, file] = await Promise.all([
      importing('crontab', SHOP, '--timezone', 'Europe/Berln'),
      project.belfry(['import', 'crontab', 'mine'], { environment }).end(),
    ]);

    expect([zone.code, file.code]).toEqual([2, 2]);
    expect(zone.stderr).toMatch(/^belfry: timezone "Europe\/Berln": no such time zone; write Europe\/Berlin\n +\^+\n$/);
    expect(file.stderr).toBe('belfry: there is no such file: /elsewhere/mine\n');
  });

  test('finds files from the folder in which npm was called', async () => {
    await project.write('host/mine.crontab', '0 2 * * * curl https://a.example/mine\n');
    await project.write('host/manifests/a.yaml', 'kind: Pod\n');
    const environment = { INIT_CWD: join(project.directory, 'host') };
    const options = ['--timezone', 'UTC', '--dry-run'];

    const ends = await Promise.all(
      [
        ['crontab', 'mine.crontab'],
        ['k8s', 'manifests'],
      ].map((what) => project.belfry(['import', ...what, ...options], { environment }).end()),
    );

    expect(ends.map(({ code, stderr }) => [code, stderr])).toEqual([
      [0, ''],
      [0, ''],
    ]);
    expect(ends[0]?.stdout).toMatch(/^mine\.crontab:1: fits$/m);
    expect(ends[1]?.stdout).toMatch(/^note: 1 object of other kinds passed over$/m);
  });

  test('reports line by line, and an app that synthesizes comes of it', async () => {
    const { code, stdout } = await importing('crontab', SHOP, '--timezone', 'Europe/Stockholm');

    expect(code).toBe(1);
    expect(stdout).toMatch(/shop\.crontab:8: fits$/m);
    expect(stdout).toContain('job close-day (the same job as line 8), schedule close-day-2');
    expect(stdout).toMatch(
      /^note: CRON_TZ: line 20 follows it \(America\/New_York\), and not --timezone Europe\/Stockholm/m,
    );
    expect(stdout).toMatch(
      /shop\.crontab:9: needs porting: it needs a shell \(&&, >\); it uses files of its machine: \/srv\/shop;/,
    );
    expect(stdout).toMatch(/shop\.crontab:14: not importable: @reboot/);
    expect(stdout).toMatch(
      /shop\.crontab:15: not understood: hour 25 is out of range; allowed are 0-23\n.*\n {6}\^\^$/m,
    );
    expect(stdout).toMatch(/^12 read: fits 5, needs porting 4, not understood 2, not importable 1$/m);
    expect(stdout).toMatch(/^written: 8 job files in functions\/ and 9 disabled entries in infra\/schedules\.ts$/m);
    expect(JSON.stringify(await written())).not.toMatch(/hunter2|s3cr3t/);

    const { jobs, schedules } = await synthesize();
    expect(jobs.find(({ name }) => name === 'close-week')?.policy).toMatchObject({ timeout: 600_000, maxAttempts: 1 });
    expect(schedules).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ id: 'close-day', job: 'close-day', enabled: false, timezone: 'Europe/Stockholm' }),
        expect.objectContaining({ id: 'close-day-2', job: 'close-day', enabled: false }),
        expect.objectContaining({ id: 'open-new-york', timezone: 'America/New_York' }),
      ]),
    );
  });

  test('a second time changes nothing and says so of each line', async () => {
    const before = await written();

    const { code, stdout } = await importing('crontab', SHOP, '--timezone', 'Europe/Stockholm');

    expect(code).toBe(1);
    expect(stdout).toMatch(/^12 read: already there 9, not understood 2, not importable 1\nnothing was written$/m);
    expect(await written()).toEqual(before);
  });

  test('of a changed time tells the entry and leaves it', async () => {
    await project.write('changed.crontab', '0 5 * * 0 timeout 1h /usr/local/bin/backup.sh --full\n');
    const before = await written();

    const { code, stdout } = await importing('crontab', 'changed.crontab', '--timezone', 'Europe/Stockholm');

    expect(code).toBe(0);
    expect(stdout).toContain('changed.crontab:1: changed');
    expect(stdout).toContain(
      'schedule backup of job backup has 0 4 * * 0 in Europe/Stockholm, and here it is 0 5 * * 0',
    );
    expect(await written()).toEqual(before);
  });

  test('compares due times with the entries, over daylight saving', async () => {
    const args = ['--compare', '--count', '2', '--from', '2027-03-27T00:00Z'];
    const { code, stdout } = await importing('crontab', SHOP, '--timezone', 'Europe/Stockholm', ...args);

    expect(code).toBe(1);
    expect(stdout).toContain('schedule close-day: 30 2 * * * in Europe/Stockholm');
    expect(stdout).toMatch(/Sun 2027-03-28 03:00 {2}– +differs$/m);
    expect(stdout).toContain('the next 2 due times agree, and so do all within a year');
    expect(stdout).toContain('cronie draws its time, so there is nothing to compare');
  });

  test('tells of an entry that is wrong or not plain, and compares the others', async () => {
    const before = await project.read('infra/schedules.ts');
    const broken = before
      .replace(/('close-day': schedule\(closeDay, \{\s+cron: )'30 2/, "$1'30 25")
      .replace(/(backup: schedule\(backup, \{\s+cron: '0 4 \* \* 0',\s+timezone: )'Europe\/Stockholm'/, '$1ZONE');
    await project.write('infra/schedules.ts', broken);

    const { code, stdout, stderr } = await importing('crontab', SHOP, '--timezone', 'Europe/Stockholm', '--compare');
    await project.write('infra/schedules.ts', before);

    expect([code, stderr]).toEqual([1, '']);
    const lines = stdout.split('\n');
    const wrong = lines.findIndex((line) => line.includes('not understood: schedule close-day: cron "30 25 * * *"'));
    expect(lines[wrong + 1]?.indexOf('^^')).toBe(lines[wrong]?.indexOf('25 *'));
    expect(stdout).toContain('the timezone of its entry is no plain text, so there is nothing to compare');
    expect(stdout).toContain('the next 5 due times agree');
  });

  test('an imported job refuses to run', async () => {
    const { code, stdout } = await project.belfry(['run', 'backup', '--json']).end();

    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      status: 'failed',
      attempt: 1,
      error: { message: "not ported yet: the comment in the job's file says what it ran" },
    });
  });
});

describe('importing manifests', () => {
  test('gives an app that synthesizes, and nothing the second time', async () => {
    const first = await importing('k8s', MANIFESTS, '--timezone', 'UTC', '--group', 'cluster');
    const after = await written();
    const second = await importing('k8s', MANIFESTS, '--timezone', 'UTC', '--group', 'cluster');

    expect([first.code, second.code]).toEqual([1, 1]);
    expect(first.stdout).toMatch(/^9 read: fits 1, needs porting 6, not understood 2$/m);
    expect(second.stdout).toMatch(/^9 read: already there 7, not understood 2\nnothing was written$/m);
    expect(await written()).toEqual(after);
    expect(after['functions/cluster/postgres-backup.ts']).toContain('Origin: k8s databases/postgres-backup');

    const { jobs } = await synthesize();
    expect(jobs.find(({ name }) => name === 'postgres-backup')?.policy).toMatchObject({
      maxAttempts: 3,
      overlap: 'skip',
    });
  });

  test('a folder of garbage is lines, and no crash', async () => {
    await project.write('garbage/a.yaml', '\t: [');
    await project.write('garbage/b.yaml', '');
    await project.write('garbage/\u001b[2Jc.yml', 'kind: Pod\n---\nhello\n');
    await symlink('.', join(project.directory, 'garbage/loop'));

    const { code, stdout, stderr } = await importing('k8s', 'garbage');

    expect([code, stderr]).toEqual([1, '']);
    expect(stdout).not.toContain('\u001b');
    expect(stdout).toMatch(/^4 read: not understood 4$/m);
  });
});

test('a file whose schedules are computed is left alone, and the lines are there to be pasted', async () => {
  await project.write('infra/schedules.ts', 'export const schedules = Object.fromEntries([]);\n');
  await project.write('new.crontab', '0 5 * * * curl https://a.example/new-one\n');

  const { code, stderr } = await importing('crontab', 'new.crontab', '--timezone', 'UTC');

  expect(code).toBe(2);
  expect(stderr).toContain('infra/schedules.ts is not edited: its `schedules` is no object literal.');
  expect(stderr).toContain("import newOne from '../functions/new-one.ts';");
  expect(stderr).toContain("'new-one': schedule(newOne, { cron: '0 5 * * *', timezone: 'UTC', enabled: false }),");
  expect(await project.read('infra/schedules.ts')).toBe('export const schedules = Object.fromEntries([]);\n');
});
