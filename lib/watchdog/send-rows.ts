import { ownEntry } from '../own-entry.ts';
import type { RunRecord } from '../run/record.ts';
import { inputsOf, requestOf } from '../run/request.ts';
import type { Seconds } from '../units.ts';
import { mapInBatches } from './batches.ts';
import { MAX_REFUSALS } from './circuit-breaker.ts';
import type { Pass } from './pass-context.ts';
import type { OpenRun } from './ports.ts';
import { readable } from './unreadable.ts';

/** How many messages are in flight at once, of all jobs that are sent side by side, and of each of them. */
const IN_FLIGHT = { total: 80, min: 4, max: 20 } as const;

/** The rows of one job that have a turn, in their order. */
export interface JobRows {
  readonly job: string;
  readonly rows: readonly OpenRun[];
}

/** What becomes of a run that is to be sent; `gone`: its job or its schedule has left the app. */
export type Outcome = 'sent' | 'refused' | 'gone';

export interface Sending {
  /** Whether a run is to be sent now. */
  readonly isWanted: (run: RunRecord, row: OpenRun) => boolean;
  readonly delayOf: (run: RunRecord, row: OpenRun) => Seconds | undefined;
  /** After each row whose run was to be sent. */
  readonly done: (run: RunRecord, row: OpenRun, outcome: Outcome) => Promise<void>;
  /** When to stop in the middle. @default never */
  readonly isOver?: () => boolean;
}

export interface SentRows {
  readonly sent: number;
  /** One for each job that has any. */
  readonly problems: readonly string[];
}

/**
 * Sends messages for the runs of rows, of all jobs side by side: a queue that refuses or hangs holds up no other. What
 * cannot be sent is reported once for each job.
 */
export async function sendRows(jobs: readonly JobRows[], sending: Sending, pass: Pass): Promise<SentRows> {
  const inputs = inputsOf(pass.plan.schedules);
  const share = Math.floor(IN_FLIGHT.total / Math.max(1, jobs.length));
  const atOnce = Math.min(IN_FLIGHT.max, Math.max(IN_FLIGHT.min, share));
  const results = await mapInBatches(jobs, async ({ job, rows }) => {
    const lane = new Lane(job, sending, { pass, inputs, atOnce });
    await lane.send(rows);
    return lane;
  });
  return {
    sent: results.reduce((sum, { sent }) => sum + sent, 0),
    problems: results.flatMap((lane) => lane.report()),
  };
}

interface Surroundings {
  readonly pass: Pass;
  readonly inputs: ReturnType<typeof inputsOf>;
  /** How many of its messages may be in flight at once. */
  readonly atOnce: number;
}

/** One job's rows on their way. */
class Lane {
  sent = 0;
  readonly #job: string;
  readonly #sending: Sending;
  readonly #surroundings: Surroundings;
  /** What has left the app. */
  readonly #unknown: string[] = [];
  readonly #refused: { readonly run: string; readonly error: unknown }[] = [];
  #refusals = 0;

  constructor(job: string, sending: Sending, surroundings: Surroundings) {
    this.#job = job;
    this.#sending = sending;
    this.#surroundings = surroundings;
  }

  async send(rows: readonly OpenRun[]): Promise<void> {
    let atOnce = 1;
    for (let start = 0; start < rows.length && this.#sending.isOver?.() !== true; ) {
      const outcomes = await Promise.all(rows.slice(start, start + atOnce).map((row) => this.#sendRow(row)));
      start += atOnce;
      for (const outcome of outcomes) this.#count(outcome);
      // One at a time while it refuses, until it is not tried any more.
      const isDoubtful = this.#refusals > 0 && this.#refusals < MAX_REFUSALS;
      atOnce = isDoubtful ? 1 : Math.min(2 * atOnce, this.#surroundings.atOnce);
    }
  }

  /** Logs what has left the app. @returns what cannot be sent, in one sentence */
  report(): readonly string[] {
    const job = this.#job;
    const [gone] = this.#unknown;
    if (gone !== undefined) {
      const reason = `its job or its schedule is not in the app any more${andMore(this.#unknown)}`;
      this.#surroundings.pass.ports.log('not-sent', { runId: gone, job, reason });
    }
    const [first] = this.#refused;
    if (first === undefined) return [];
    return [`run ${first.run} cannot be sent again: ${String(first.error)}${andMore(this.#refused)}`];
  }

  #count(outcome: Outcome | undefined): void {
    if (outcome === 'sent') this.sent += 1;
    if (outcome === 'sent' || outcome === 'refused') this.#refusals = outcome === 'sent' ? 0 : this.#refusals + 1;
  }

  async #sendRow(row: OpenRun): Promise<Outcome | undefined> {
    const { pass } = this.#surroundings;
    const run = readable(await pass.ports.store.get(row.id), pass);
    if (run === undefined || !this.#sending.isWanted(run, row)) return undefined;
    const outcome = await this.#sendRun(run, row);
    await this.#sending.done(run, row, outcome);
    return outcome;
  }

  async #sendRun(run: RunRecord, row: OpenRun): Promise<Outcome> {
    const { pass, inputs } = this.#surroundings;
    const request = requestOf(run, inputs);
    if (request === undefined || ownEntry(pass.plan.jobs, run.job) === undefined) {
      this.#unknown.push(run.id);
      return 'gone';
    }
    try {
      await pass.ports.send(request, { delay: this.#sending.delayOf(run, row) });
      return 'sent';
    } catch (error) {
      this.#refused.push({ run: run.id, error });
      return 'refused';
    }
  }
}

const andMore = (all: readonly unknown[]): string =>
  all.length === 1 ? '' : `, and ${all.length - 1} more of its job`;
