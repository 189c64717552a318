/** For `vi.waitFor`: a bound for what never comes, in milliseconds, never a measure of speed: its own second is soon over on a busy machine. */
export const PATIENCE = { timeout: 25_000, interval: 10 };
