import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createStore, perform } from '../../../lib/local/dynamodb/dynalite.ts';
import { type DroppedData, KeptStore, type StoreObserver } from '../../../lib/local/dynamodb/kept-store.ts';
import { toCreateTable } from '../../../lib/local/dynamodb/table-properties.ts';
import { runsTable } from './runs-table.ts';

const { TableName } = runsTable;
const keyOf = (id: number) => ({ pk: { S: 'JOB#report' }, sk: { S: `RUN#${String(id).padStart(4, '0')}` } });

async function temporaryFolder(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'belfry-store-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** A disk that is full while `isFull`: writes that come then write nothing, and fail. */
function fullableDisk() {
  const disk = { isFull: false };
  const create: typeof createStore = (path) => {
    const store = createStore(path);
    const { db } = store;
    for (const name of ['put', 'del', 'batch'] as const) {
      const write = db[name].bind(db);
      db[name] = (...given: unknown[]) => {
        const done = given.at(-1) as (error: unknown) => void;
        if (disk.isFull) setImmediate(done, new Error('IO error: No space left on device'));
        else write(...given);
      };
    }
    return store;
  };
  return { disk, create };
}

async function openTable(directory: string, create?: typeof createStore) {
  const events: string[] = [];
  const dropped: DroppedData[] = [];
  const observer: StoreObserver = {
    onDropped: (each) => dropped.push(each),
    onRefuses: ({ message }) => events.push(`refuses: ${message}`),
    onReopened: () => events.push('reopened'),
  };
  const kept = await KeptStore.open({ directory, observer, create, prepare: () => {} });
  onTestFinished(() => kept.close().catch(() => {}));
  const call = (operation: string, input: object) => kept.use((store) => perform(store, operation, input));
  if (Reflect.get(await call('ListTables', {}), 'TableNames').length === 0) {
    await call('CreateTable', toCreateTable(runsTable));
    while (!JSON.stringify(await call('DescribeTable', { TableName })).includes('ACTIVE'));
  }
  return {
    kept,
    events,
    dropped,
    put: (id: number) => call('PutItem', { TableName, Item: { ...keyOf(id), filling: { S: 'x'.repeat(2000) } } }),
    has: async (id: number) => 'Item' in (await call('GetItem', { TableName, Key: keyOf(id) })),
  };
}

test('after a write that failed no other is taken, also of those that were on their way, and what is stored is read', async () => {
  const directory = await temporaryFolder();
  const { disk, create } = fullableDisk();
  const { put, has, events } = await openTable(directory, create);
  await put(1);
  // In the way of the probe for room, as a full disk is.
  await mkdir(join(directory, 'room.probe'));

  disk.isFull = true;
  const failed = put(2);
  const onTheirWay = [put(3), put(4)];
  await expect(failed).rejects.toThrow('No space left');
  for (const each of onTheirWay) await expect(each).rejects.toThrow();
  disk.isFull = false;

  await expect(put(5)).rejects.toThrow(`${directory} cannot be written: IO error: No space left on device. Nothing`);
  expect(await has(1)).toBe(true);
  expect(await has(5)).toBe(false);
  expect(events).toEqual([expect.stringMatching(/^refuses: .*make room on its disk/)]);
});

test('once there is room the folder is opened anew, and what is acknowledged from then on is there at the next start', async () => {
  const directory = await temporaryFolder();
  const { disk, create } = fullableDisk();
  const first = await openTable(directory, create);
  await first.put(1);
  disk.isFull = true;
  await expect(first.put(2)).rejects.toThrow();
  disk.isFull = false;

  await Promise.all([first.put(3), first.put(4)]);
  await first.kept.close();
  const second = await openTable(directory);

  expect(first.events).toEqual([expect.stringContaining('refuses'), 'reopened']);
  expect(await Promise.all([1, 2, 3, 4].map(second.has))).toEqual([true, false, true, true]);
});

test('what a process has acknowledged between writes that the kernel cut off is there after its kill', async () => {
  const directory = await temporaryFolder();
  // Files of 600 or 1200 KB, by the shell's unit: a log that reaches it ends in a torn record.
  const command = 'ulimit -f 1200; exec "$0" --import tsx "$1" "$2"';
  const script = join(import.meta.dirname, 'cut-off-writes.ts');
  const { stdout } = spawnSync('/bin/sh', ['-c', command, process.execPath, script, directory], { encoding: 'utf8' });
  const { acknowledged, events } = JSON.parse(stdout) as { acknowledged: readonly number[]; events: readonly string[] };

  const { kept } = await openTable(directory);

  expect(events.slice(0, 2)).toEqual(['refuses', 'reopened']);
  expect(acknowledged.length).toBeLessThan(400);
  const found = await Promise.all(
    acknowledged.map((id) =>
      kept.use((store) =>
        perform(store, 'GetItem', { TableName, Key: { pk: { S: 'JOB#report' }, sk: { S: `RUN#${id}` } } }),
      ),
    ),
  );
  expect(found.filter((output) => 'Item' in output)).toHaveLength(acknowledged.length);
});

/** The folder of a process that was killed: what it had written, and no end. */
async function killedFolder(count: number): Promise<string> {
  const [directory, copy] = [await temporaryFolder(), await temporaryFolder()];
  const { put } = await openTable(directory);
  for (let id = 0; id < count; id++) await put(id);
  await cp(directory, copy, { recursive: true, filter: (path) => !path.endsWith('LOCK') });
  return copy;
}

async function largestLog(directory: string): Promise<string> {
  const logs = (await readdir(directory)).filter((name) => name.endsWith('.log'));
  const sizes = await Promise.all(logs.map(async (name) => (await readFile(join(directory, name))).length));
  return join(directory, logs[sizes.indexOf(Math.max(...sizes))] ?? '');
}

test('sixteen damaged bytes are found at the start, and reported with the file', async () => {
  const directory = await killedFolder(100);
  const path = await largestLog(directory);
  const log = await readFile(path);
  log.fill(0x5a, 60_000, 60_016);
  await writeFile(path, log);

  const { dropped, has } = await openTable(directory);

  expect(dropped.length).toBeGreaterThan(0);
  expect(dropped[0]).toMatchObject({ file: path, reason: expect.stringContaining('Corruption') });
  expect(dropped[0]?.bytes).toBeGreaterThan(16);
  expect(await has(0)).toBe(true);
});

test('a kill damages nothing: nothing is reported, and all is there', async () => {
  const { dropped, has } = await openTable(await killedFolder(100));

  expect(dropped).toEqual([]);
  expect(await Promise.all([0, 50, 99].map(has))).toEqual([true, true, true]);
});
