import { cut } from '../run/run-error.ts';
import type { Pass } from './pass-context.ts';
import type { UnreadableRecord } from './ports.ts';

/** Longer than any key that Belfry writes. */
const MAX_KEY = 200;

/** The record where this version can read it. One that it cannot read is noted, and passed over. */
export function readable<Record extends object>(
  found: Record | UnreadableRecord | undefined,
  { unreadable }: Pick<Pass, 'unreadable'>,
): Record | undefined {
  if (found === undefined || !isUnreadable(found)) return found;
  unreadable.add(found.id);
  return undefined;
}

export const isUnreadable = (found: object | undefined): found is UnreadableRecord =>
  found !== undefined && 'status' in found && found.status === 'unreadable';

/** Logs what the pass could not read: one line, with the number of rows and records and one of them. */
export function logUnreadable({ unreadable, ports }: Pass): void {
  const [example] = unreadable;
  if (example === undefined) return;
  const what = unreadable.size === 1 ? 'a row or record' : `${unreadable.size} rows or records`;
  const reason = `${what} of the table cannot be read by this version and ${unreadable.size === 1 ? 'is' : 'are'} passed over: ${JSON.stringify(cut(example, MAX_KEY))}`;
  ports.log('not-read', { reason });
}
