import * as z from 'zod/mini';
import type { RunningCloud, StateFolder } from './state-folder.ts';

/** How long a cloud on this machine may take to say that it lives. */
const PATIENCE_MS = 2000;

export interface FoundCloud extends RunningCloud {
  readonly endpoint: string;
  /** Why it can record nothing at the moment. */
  readonly refusal?: string | undefined;
}

const status = z.object({ refusal: z.optional(z.string()) });

/** A cloud of this checkout that answers; `undefined` when none does, whatever a killed one left behind. */
export async function findRunning(state: StateFolder): Promise<FoundCloud | undefined> {
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
    if (!response.ok) return undefined;
    const { data } = status.safeParse(await response.json());
    return { ...running, endpoint, refusal: data?.refusal };
  } catch {
    return undefined;
  }
}
