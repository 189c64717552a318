/** Why a run exists. Changes only when a catch-up or a backfill makes a run of a due time that had none. */
export const TRIGGERS = ['schedule', 'manual', 'enqueue', 'backfill', 'catch-up'] as const;
export type Trigger = (typeof TRIGGERS)[number];

/**
 * What a trigger means for its run.
 *
 * - `due`: a schedule made it due now. It is judged by lateness, calendars and the overlap policy.
 * - `requested`: a person or an application wants it now.
 * - `late`: it makes up for a due time that is long past. It waits for a busy job instead of being skipped.
 */
export type TriggerKind = 'due' | 'requested' | 'late';

const KINDS: Readonly<Record<Trigger, TriggerKind>> = {
  schedule: 'due',
  manual: 'requested',
  enqueue: 'requested',
  backfill: 'late',
  'catch-up': 'late',
};

export const kindOf = (trigger: Trigger): TriggerKind => KINDS[trigger];
export const isDue = (trigger: Trigger): boolean => KINDS[trigger] === 'due';
export const isLate = (trigger: Trigger): boolean => KINDS[trigger] === 'late';

/** Why an attempt was made. */
export type AttemptCause = 'first' | 'retry' | 'crash' | 'redrive';
