/** Why a run exists. Never changes. */
export const TRIGGERS = ['schedule', 'manual', 'enqueue', 'backfill', 'catch-up'] as const;
export type Trigger = (typeof TRIGGERS)[number];

/** Why an attempt was made. */
export type AttemptCause = 'first' | 'retry' | 'crash' | 'redrive';
