import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const importing = (module: string): string => `import { x } from '${module}';\nexport const y = x;\n`;

/** Each a line that is forbidden at its place, and the reason the lint gives. */
const FORBIDDEN = [
  { path: 'lib/run/x.ts', source: 'export const x = process.env;\n', says: 'Do not use the global variable process' },
  ...['run', 'job', 'app', 'due', 'cron', 'watchdog', 'observe', 'channels', 'store'].map((room) => ({
    path: `lib/${room}/x.ts`,
    source: 'export const x = Date.now();\n',
    says: 'Time and chance come through the ports',
  })),
  {
    path: 'lib/store/x.ts',
    source: 'export const x = Math.random();\n',
    says: 'Time and chance come through the ports',
  },
  {
    path: 'functions/x.ts',
    source: importing('../infra/schedules.ts'),
    says: 'A job must not know where it is deployed',
  },
  { path: 'functions/x.ts', source: importing('belfry/cdk'), says: 'A job must not know where it is deployed' },
  { path: 'functions/x.ts', source: importing('../lib/entry/belfry.ts'), says: 'Import it from belfry' },
  { path: 'functions/group/x.ts', source: importing('../../lib/client/run-client.ts'), says: 'Import it from belfry' },
  { path: 'functions/x.ts', source: importing('belfry/testing'), says: 'This ships in a Lambda' },
];

/** The same lines where they belong. */
const ALLOWED = [
  { path: 'infra/x.ts', source: importing('belfry/cdk') },
  { path: 'functions/x.ts', source: importing('belfry/client') },
  { path: 'functions/x.ts', source: importing('./_lib/x.ts') },
  { path: 'lib/lambda/x.ts', source: 'export const x = Date.now();\n' },
  { path: 'lib/clock.ts', source: 'export const x = Date.now();\n' },
];

describe('the rules of the linter', () => {
  let folder = '';
  let report = '';

  // One run over all cases, in a folder with this repository's configuration and nothing else.
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'belfry-lint-'));
    const config: Record<string, unknown> = JSON.parse(await readFile('biome.json', 'utf8'));
    await writeFile(join(folder, 'biome.json'), JSON.stringify({ ...config, vcs: { enabled: false } }));
    await cp('test/lint', join(folder, 'test/lint'), { recursive: true });
    for (const [index, { path, source }] of [...FORBIDDEN, ...ALLOWED].entries()) {
      const file = join(folder, placeOf(path, index));
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, source);
    }
    report = await lint(folder);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test.each(FORBIDDEN.map((each, index) => ({ ...each, file: placeOf(each.path, index) })))(
    '$path: $says',
    ({ file, says }) => {
      expect(
        report
          .split('\n')
          .filter((line) => line.includes(`/${file},`))
          .join('\n'),
      ).toContain(says);
    },
  );

  test.each(ALLOWED.map((each, index) => ({ ...each, file: placeOf(each.path, FORBIDDEN.length + index) })))(
    '$path may do what is its business',
    ({ file }) => {
      expect(report).not.toContain(file);
    },
  );
});

/** Cases of one folder get a file each; a path that names a file is that file. */
const placeOf = (path: string, index: number): string => path.replace(/x\.ts$/, `case-${index}.ts`);

/** What Biome says of a folder, a line for each finding. It exits with 1 when it finds something. */
function lint(cwd: string): Promise<string> {
  const biome = resolve('node_modules/.bin/biome');
  return new Promise((done) => {
    execFile(biome, ['lint', '--reporter=github', '--max-diagnostics=200', '.'], { cwd }, (_error, stdout, stderr) =>
      done(`${stdout}\n${stderr}`),
    );
  });
}
