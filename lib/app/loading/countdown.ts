import { type Milliseconds, SECOND } from '../../units.ts';

/**
 * Calls back after a time limit, counted in ticks of a second: a stretch in which code blocks the event loop counts as one
 * tick, since nothing that is awaited can end during it.
 *
 * @returns the timer, to be cleared or unreferenced by the caller
 */
export function countdown(limit: Milliseconds, onEnd: () => void): NodeJS.Timeout {
  const tick = Math.min(limit, SECOND);
  let left = Math.ceil(limit / tick);
  const timer = setInterval(() => {
    left -= 1;
    if (left > 0) return;
    clearInterval(timer);
    onEnd();
  }, tick);
  return timer;
}
