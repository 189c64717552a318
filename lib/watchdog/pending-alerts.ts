import type { PendingAlert } from '../observe/alert-store.ts';
import type { EpochMs } from '../units.ts';
import { mapInBatches } from './batches.ts';
import type { Pass } from './pass-context.ts';
import { minuteOf } from './stories.ts';

/** How many pending alerts one pass sends. */
const MAX_PENDING = 500;

/**
 * The pending alerts that are the watchdog's to send, the oldest first. The end of an episode whose story has begun once more
 * comes before all others and says so: after the alert that began the later one it would seem to end that.
 */
export async function readyAlerts({ ports }: Pick<Pass, 'ports'>): Promise<readonly PendingAlert[]> {
  const all = await ports.alerts.pending(MAX_PENDING);
  const now = ports.now();
  const ready = all.filter(({ readyAt }) => readyAt <= now);
  if (!ready.some(isEnd)) return ready;
  const open: OpenStories = new Map((await ports.alerts.stories()).map(({ key, since }) => [key, since]));
  // The pass that put it ended before it closed the story, which may go on: passes find that out anew.
  const isRevoked = (each: PendingAlert): boolean => isEnd(each) && openSince(each, open) === each.alert.facts.since;
  await mapInBatches(ready.filter(isRevoked), (each) => ports.alerts.remove(each));
  const left = ready.filter((each) => !isRevoked(each));
  const earlier = left.filter((each) => isEarlierEnd(each, open));
  return [...earlier.map((each) => withBegun(each, open)), ...left.filter((each) => !isEarlierEnd(each, open))];
}

type OpenStories = ReadonlyMap<string, EpochMs>;

const isEnd = ({ alert }: PendingAlert): boolean => alert.facts.isOver === true;

const openSince = ({ alert }: PendingAlert, open: OpenStories): EpochMs | undefined => open.get(alert.facts.story);

/** Whether it ends an episode, and a later one of the same story is open. */
const isEarlierEnd = (each: PendingAlert, open: OpenStories): boolean =>
  isEnd(each) && (openSince(each, open) ?? 0) > each.alert.facts.since;

function withBegun(pending: PendingAlert, open: OpenStories): PendingAlert {
  const { alert } = pending;
  const since = openSince(pending, open);
  if (since === undefined) return pending;
  const body = `${alert.body}\n\nIt has begun once more since: at ${minuteOf(since)}.`;
  return { ...pending, alert: { ...alert, body } };
}
