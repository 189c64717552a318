import type { RunRecord } from '../run/record.ts';
import type { ScheduleFacts } from './schedule-facts.ts';

const LONGEST_MS = 3000;

/** Tells a watcher outside the account that a run has completed. @throws when it does not say yes within 3 seconds */
export async function callPingUrl({ id }: RunRecord, facts: ScheduleFacts | undefined): Promise<void> {
  if (facts?.pingUrl === undefined) return;
  const { ok, status, body } = await fetch(facts.pingUrl, {
    method: 'POST',
    body: id,
    signal: AbortSignal.timeout(LONGEST_MS),
  });
  // Nobody reads it, and until somebody does its connection stays open.
  await body?.cancel();
  if (!ok) throw Object.assign(new Error(`the pingUrl answered ${status}`), { code: `HTTP_${status}` });
}
