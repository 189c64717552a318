import type { RunningCloud, StateFolder } from './state-folder.ts';

/** How long a cloud on this machine may take to say that it lives. */
const PATIENCE_MS = 2000;

/** A cloud of this checkout that answers; `undefined` when none does, whatever a killed one left behind. */
export async function findRunning(
  state: StateFolder,
): Promise<(RunningCloud & { readonly endpoint: string }) | undefined> {
  const running = await state.readRunning();
  if (running === undefined) return undefined;
  const endpoint = `http://127.0.0.1:${running.port}`;
  try {
    const response = await fetch(`${endpoint}/_belfry/status`, {
      method: 'POST',
      headers: { authorization: `Bearer ${running.token}` },
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    // Another program may have got the port since: only this cloud knows its token.
    return response.ok ? { ...running, endpoint } : undefined;
  } catch {
    return undefined;
  }
}
