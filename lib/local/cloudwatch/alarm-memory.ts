import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { epochMs } from '../../units.ts';
import type { AlarmModel } from '../assembly/models.ts';
import type { StateRow } from './tracked-alarm.ts';

const row = z.object({
  print: z.string(),
  state: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']),
  since: z.pipe(z.number(), z.transform(epochMs)),
  reason: z.string(),
});

const saved = z.object({ v: z.literal(1), alarms: z.record(z.string(), row) });

/** The states of alarms by their names. JSON keeps it whole. */
export type SavedAlarms = z.infer<typeof saved>;

/** Keeps the states of alarms over restarts, so that a start rings none that rang before. */
export interface AlarmStates {
  /** As read from a file; undefined where there is none. */
  readonly saved: unknown;
  /** Replaces what was saved before. Must not throw. */
  save(alarms: SavedAlarms): void;
}

/** The states that alarms were in, each with what the alarm was: one that is defined otherwise now begins anew. */
export class AlarmMemory {
  readonly #port: AlarmStates | undefined;
  #known: SavedAlarms['alarms'];

  constructor(port: AlarmStates | undefined) {
    this.#port = port;
    const { success, data } = saved.safeParse(port?.saved);
    this.#known = success ? data.alarms : {};
  }

  stateOf(model: AlarmModel): StateRow | undefined {
    const known = this.#known[model.name];
    if (known === undefined || known.print !== printOf(model)) return undefined;
    const { state, since, reason } = known;
    return { state, since, reason };
  }

  /** Alarms that are not among these keep what is known of them: a command may have loaded a part. */
  keep(alarms: readonly { readonly model: AlarmModel; readonly state: StateRow }[]): void {
    const now = alarms.map(({ model, state }) => [model.name, { print: printOf(model), ...state }] as const);
    this.#known = { ...this.#known, ...Object.fromEntries(now) };
    this.#port?.save({ v: 1, alarms: this.#known });
  }
}

const printOf = (model: AlarmModel): string =>
  createHash('sha256').update(JSON.stringify(model)).digest('hex').slice(0, 12);
