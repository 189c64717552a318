import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { appName } from '../../../lib/cli/shared/project.ts';

let project: string;

beforeEach(async () => {
  project = await mkdtemp(join(tmpdir(), 'belfry-app-name-'));
});

afterEach(() => rm(project, { recursive: true, force: true }));

const write = (file: string, value: object) => writeFile(join(project, file), JSON.stringify(value));

async function writeManifest(folder: string, app: string): Promise<void> {
  await mkdir(join(project, folder), { recursive: true });
  await write(join(folder, 'belfry.json'), { v: 1, app });
}

describe('the name of the app whose table a command reads', () => {
  test('is what cdk.json says, whatever was synthesized last', async () => {
    await write('cdk.json', { context: { app: 'shop' } });
    await writeManifest('cdk.out', 'other');

    expect(await appName(project)).toBe('shop');
  });

  test.each([
    ['cdk.out', {}],
    ['build/out', { output: 'build/out' }],
  ])('is else what was last synthesized into %s, as in a stack of one’s own', async (folder, settings) => {
    await write('cdk.json', settings);
    await write('package.json', { name: 'warehouse' });
    await writeManifest(folder, 'shop');

    expect(await appName(project)).toBe('shop');
  });

  test('is else that of package.json', async () => {
    await write('cdk.json', {});
    await write('package.json', { name: 'ware-house' });

    expect(await appName(project)).toBe('warehouse');
  });

  test('is asked for where there is none', async () => {
    await write('cdk.json', {});

    await expect(appName(project)).rejects.toThrow('the app has no name: set context.app in cdk.json');
  });
});
