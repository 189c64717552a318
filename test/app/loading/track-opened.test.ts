import { expect, onTestFinished, test } from 'vitest';
import { trackOpened } from '../../../lib/app/loading/track-opened.ts';

const { waitAsync } = Atomics as unknown as {
  waitAsync(memory: Int32Array, index: number, value: number): { readonly value: Promise<string> };
};

/** As Node waits for its module hooks during an import. */
async function waitFor(memory: Int32Array, value = 0): Promise<void> {
  await waitAsync(memory, 0, value).value;
}

const track = () => {
  const tracked = trackOpened(import.meta.dirname);
  onTestFinished(tracked.stop);
  return tracked;
};

const memory = () => new Int32Array(new SharedArrayBuffer(4));

test('an await of Atomics.waitAsync is named as long as it waits', async () => {
  const { opened } = track();
  const shared = memory();

  const waiting = waitFor(shared);
  const during = opened();
  Atomics.notify(shared, 0);
  await waiting;

  expect(during.waitsAt).toMatch(/^track-opened\.test\.ts:\d+$/);
  expect(opened().waitsAt).toBeUndefined();
});

test('an await of Atomics.waitAsync that had nothing to wait for is over', async () => {
  const { opened } = track();

  await waitFor(memory(), 1);

  expect(opened().waitsAt).toBeUndefined();
});
