import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { countdown } from '../../../lib/app/loading/countdown.ts';
import { milliseconds } from '../../../lib/units.ts';

describe('a countdown', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test.each([
    { limit: 30_000, ends: 30_000 },
    { limit: 1000, ends: 1000 },
    { limit: 1500, ends: 2000 },
    { limit: 20, ends: 20 },
  ])('of $limit ms calls back once, after $ends ms', ({ limit, ends }) => {
    const onEnd = vi.fn();
    countdown(milliseconds(limit), onEnd);

    vi.advanceTimersByTime(ends - 1);
    expect(onEnd).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(onEnd).toHaveBeenCalledOnce();
    vi.advanceTimersByTime(10 * ends);
    expect(onEnd).toHaveBeenCalledOnce();
    expect(vi.getTimerCount()).toBe(0);
  });

  test('that is cleared does not call back', () => {
    const onEnd = vi.fn();
    const timer = countdown(milliseconds(2000), onEnd);

    vi.advanceTimersByTime(1999);
    clearInterval(timer);
    vi.advanceTimersByTime(10_000);

    expect(onEnd).not.toHaveBeenCalled();
  });
});
