import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { runAppProcess } from '../../lib/local/app-child.ts';
import { MINUTE } from '../../lib/units.ts';

describe("an app's process group", () => {
  const kill = vi.spyOn(process, 'kill');
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    kill.mockClear();
  });
  afterEach(() => void vi.useRealTimers());

  const run = (command: string, signal?: AbortSignal) =>
    runAppProcess(command, { directory: import.meta.dirname, environment: process.env, signal, timeLimit: MINUTE });

  test('gets no signal after an end that leaves nothing behind: its id may be of others by then', async () => {
    await expect(run('exit 3')).resolves.toMatchObject({ end: 3 });

    expect(vi.getTimerCount()).toBe(0);
    vi.advanceTimersByTime(MINUTE);
    expect(kill).not.toHaveBeenCalled();
  });

  test('gets one signal where it is interrupted, and none once it has ended of it', async () => {
    const controller = new AbortController();
    const running = run('sleep 1000', controller.signal);

    controller.abort();
    await expect(running).resolves.toMatchObject({ end: 'interrupted' });
    expect(kill).toHaveBeenCalledTimes(1);
    kill.mockClear();

    vi.advanceTimersByTime(MINUTE);
    expect(kill).not.toHaveBeenCalled();
  });
});
