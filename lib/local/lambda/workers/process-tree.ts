/**
 * Sends a signal to a function's process and to all that it has started.
 *
 * Functions are spawned `detached`: each leads a process group of its own, which is what gets the signal. It
 * also keeps them out of the terminal's: Ctrl-C is for the cloud, which then waits for what runs.
 *
 * @returns whether anybody was there to get it
 */
export function signalTree(leader: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(-leader, signal);
    return true;
  } catch {
    return false;
  }
}
