/**
 * The bound for what never comes, in milliseconds: it ends a test that hangs, and is never a measure of speed. A little
 * less than Vitest's own, which does not say what was waited for.
 */
export const HANGS_AFTER = 170_000;

/** For `vi.waitFor`, whose own bound is one second: that is soon over on a busy machine. */
export const PATIENCE = { timeout: HANGS_AFTER, interval: 10 };
