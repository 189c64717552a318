import * as z from 'zod/mini';
import { epochMs } from '../../units.ts';
import type { QueueMessage } from './message.ts';
import type { QueueSet } from './queue-set.ts';

const instant = z.pipe(z.number(), z.transform(epochMs));

const attribute = z.object({
  DataType: z.string(),
  StringValue: z.optional(z.string()),
  BinaryValue: z.optional(z.string()),
});

const message = z.object({
  id: z.string(),
  body: z.string(),
  md5OfBody: z.string(),
  attributes: z.record(z.string(), attribute),
  md5OfAttributes: z.string(),
  sentAt: instant,
  arrivedAt: instant,
  visibleAt: instant,
  receiveCount: z.number(),
  firstReceivedAt: z.optional(instant),
  lastReceivedAt: z.optional(instant),
  deadLetterSource: z.optional(z.string()),
});

const snapshot = z.object({ v: z.literal(1), queues: z.record(z.string(), z.array(message)) });

/** The messages of all queues, by queue name. JSON keeps it whole. */
export interface QueueSnapshot {
  readonly v: 1;
  readonly queues: Readonly<Record<string, readonly QueueMessage[]>>;
}

export interface RestoreResult {
  readonly restored: number;
  /** Queues of the snapshot that the app no longer has, so that their messages are lost. */
  readonly unknownQueues: readonly string[];
}

export const takeSnapshot = (queues: QueueSet): QueueSnapshot => ({
  v: 1,
  queues: Object.fromEntries(queues.all().map((queue) => [queue.name, queue.messages()])),
});

/**
 * Puts a snapshot's messages back as they were: ids, times, receive counts, and hidden as long as they were to be,
 * for a lease may still hold what was in flight; but for those that nobody had begun with. Receipt handles are void.
 *
 * @param value as read from a file
 * @throws when that is no snapshot
 */
export function restoreSnapshot(queues: QueueSet, value: unknown): RestoreResult {
  const { queues: saved } = z.parse(snapshot, value);
  const known = Object.entries(saved).filter(([name]) => queues.byName(name) !== undefined);
  for (const [name, messages] of known) {
    for (const saved of messages) queues.byName(name)?.restore(saved);
  }
  return {
    restored: known.reduce((sum, [, messages]) => sum + messages.length, 0),
    unknownQueues: Object.keys(saved).filter((name) => queues.byName(name) === undefined),
  };
}
