/** Why a run exists. Never changes. */
export const TRIGGERS = ['schedule', 'manual', 'enqueue', 'backfill', 'catch-up'] as const;
export type Trigger = (typeof TRIGGERS)[number];

/** Of runs that make up for a due time that is long past. */
export const isBelated = (trigger: Trigger): boolean => trigger === 'backfill' || trigger === 'catch-up';

/** Why an attempt was made. */
export type AttemptCause = 'first' | 'retry' | 'crash' | 'redrive';
