import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { DirectoryInUseError } from '../../../lib/local/dynamodb/data-errors.ts';
import { openStore } from '../../../lib/local/dynamodb/kept-store.ts';
import { startFront } from '../../../lib/local/gateway/index.ts';
import { findRunning } from '../../../lib/local/state/find-running.ts';
import { StateFolder } from '../../../lib/local/state/state-folder.ts';
import { MINUTE, plus } from '../../../lib/units.ts';
import { DUE } from '../../support/requests.ts';

let project = '';
let state: StateFolder;
beforeEach(async () => {
  project = await mkdtemp(join(tmpdir(), 'belfry-state-'));
  state = new StateFolder(project);
  await state.create();
});
afterEach(() => rm(project, { recursive: true, force: true }));

/** What the folder hands over to be restored: nothing, or one snapshot. */
async function savedQueues(): Promise<unknown[]> {
  const saved: unknown[] = [];
  await state.restoreQueues((snapshot) => saved.push(snapshot));
  return saved;
}

const put = (name: string, text: string) => writeFile(join(state.path, name), text);

describe('the state folder', () => {
  test('keeps marks and queues, and has none at first', async () => {
    expect(await state.marks.load()).toEqual({ marks: {} });
    expect(await savedQueues()).toEqual([]);

    await state.marks.save({ marks: { 'group/nightly': DUE }, onUntil: plus(DUE, MINUTE) });
    await state.writeQueues({ v: 1, queues: {} });

    expect(await new StateFolder(project).marks.load()).toEqual({
      marks: { 'group/nightly': DUE },
      onUntil: plus(DUE, MINUTE),
    });
    expect(await savedQueues()).toEqual([{ v: 1, queues: {} }]);
  });

  test('keeps the states of alarms, the later one of two changes, and has none where they cannot be read', async () => {
    expect(await state.readAlarms()).toBeUndefined();

    state.writeAlarms({ v: 1, alarms: { earlier: {} } });
    state.writeAlarms({ v: 1, alarms: {} });
    expect(await state.readAlarms()).toEqual({ v: 1, alarms: {} });

    await put('alarms.json', '{"v":');
    expect(await state.readAlarms()).toBeUndefined();
  });

  test('reads the marks of an earlier version', async () => {
    await put('marks.json', JSON.stringify({ 'group/nightly': DUE }));

    expect(await state.marks.load()).toEqual({ marks: { 'group/nightly': DUE } });
  });

  test('leaves no half-written file beside a whole one', async () => {
    await state.writeQueues({ v: 1, queues: {} });

    expect(await readdir(state.path)).toEqual(['data', 'queues.json']);
  });

  test('says which file is broken, and how to be rid of it', async () => {
    await put('queues.json', '{"v":');

    await expect(savedQueues()).rejects.toThrow(/queues\.json.*--fresh/s);
  });

  test('forgets everything', async () => {
    await state.writeQueues({ v: 1, queues: {} });
    await put('data/leftover', 'of nobody');
    const before = await openStore({ directory: state.table });
    await new Promise((done) => before.db.put('key', 'value', done));
    await before.db.close();

    await state.forget();

    expect(await readdir(state.path, { recursive: true })).not.toContain('queues.json');
    expect(await readdir(state.data)).toEqual(['dynamodb']);
    const after = await openStore({ directory: state.table });
    onTestFinished(() => after.db.close());
    const kept = await new Promise((done) => after.db.get('key', (_error: unknown, value: unknown) => done(value)));
    expect(kept).toBeUndefined();
  });

  test('forgets nothing while a process has it open, whether that answers or not', async () => {
    await state.writeQueues({ v: 1, queues: {} });
    await state.writeRunning({ port: 1, token: 'of one that is suspended' });
    const other = await openStore({ directory: state.table });
    onTestFinished(() => other.db.close());

    await expect(state.forget()).rejects.toThrow(DirectoryInUseError);

    expect(await readdir(state.path)).toEqual(['cloud.json', 'data', 'queues.json']);
  });

  test.each([
    ['a torn table', 'data/dynamodb/CURRENT'],
    ['a file in the place of the table', 'data/dynamodb'],
  ])('forgets %s, which nobody can have open', async (_what, file) => {
    await mkdir(dirname(join(state.path, file)), { recursive: true });
    await put(file, 'torn');

    await state.forget();

    expect(await readdir(project)).toEqual([]);
  });

  test('removes cloud.json for the cloud that wrote it, and for no other', async () => {
    await state.writeRunning({ port: 1, token: 'mine' });

    await state.removeRunning({ token: 'another’s' });
    expect(await state.readRunning()).toMatchObject({ token: 'mine' });

    await state.removeRunning({ token: 'mine' });
    expect(await state.readRunning()).toBeUndefined();
  });
});

describe('finding a running cloud', () => {
  test('finds the one that answers to the token', async () => {
    const control = { token: 'secret', handlers: { status: async () => ({ pid: 1, refusal: 'the disk is full' }) } };
    const front = await startFront({ services: {}, control });
    try {
      await state.writeRunning({ port: front.port, token: 'secret' });
      expect(await findRunning(state)).toMatchObject({
        endpoint: front.origin,
        pid: process.pid,
        refusal: 'the disk is full',
      });
      expect((await stat(join(state.path, 'cloud.json'))).mode & 0o077).toBe(0);

      await state.writeRunning({ port: front.port, token: 'another cloud’s' });
      expect(await findRunning(state)).toBeUndefined();
    } finally {
      await front.close();
    }
    expect(await findRunning(state)).toBeUndefined();
  });

  test.each(['', 'garbage', '{}', '{"v":1,"pid":"x"}', 'null'])(
    'takes no notice of a broken cloud.json: %j',
    async (text) => {
      await put('cloud.json', text);

      expect(await findRunning(state)).toBeUndefined();
    },
  );
});
