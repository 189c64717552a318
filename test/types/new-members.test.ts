import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NEW_MEMBERS } from './members.ts';

/** Only code that ships or serves: what a test decides, it decides for itself. */
const CONFIGURATION = {
  extends: './tsconfig.json',
  compilerOptions: { incremental: false, noUnusedLocals: false },
  include: ['lib'],
  exclude: [],
};

describe('the compiler names every place that has to decide', () => {
  let copy = '';
  beforeAll(async () => {
    copy = await mkdtemp(join(tmpdir(), 'belfry-members-'));
    for (const name of ['lib', 'tsconfig.json', 'package.json']) await cp(name, join(copy, name), { recursive: true });
    await symlink(resolve('node_modules'), join(copy, 'node_modules'));
    await writeFile(join(copy, 'all.json'), JSON.stringify(CONFIGURATION));
  });
  afterAll(() => rm(copy, { recursive: true, force: true }));

  test('and none where nothing is added', async () => {
    expect(await filesWithErrors(copy)).toEqual([]);
  });

  test.each(Object.entries(NEW_MEMBERS))('when a member is added to %s', async (_union, member) => {
    const file = join(copy, member.file);
    const text = await readFile(file, 'utf8');
    expect(text).toContain(member.before);
    await writeFile(file, text.replace(member.before, member.after));

    const named = await filesWithErrors(copy).finally(() => writeFile(file, text));

    expect(named).toEqual([...member.asks].sort());
  });
});

/** The files that the compiler finds fault with, each once. */
function filesWithErrors(cwd: string): Promise<readonly string[]> {
  const tsc = resolve('node_modules/.bin/tsc');
  return new Promise((done) => {
    execFile(tsc, ['-p', 'all.json', '--pretty', 'false'], { cwd }, (_error, stdout) => {
      const files = [...stdout.matchAll(/^(lib\/[^(]+)\(/gm)].map(([, file = '']) => file);
      done([...new Set(files)].sort());
    });
  });
}
