import type { WatchdogPorts } from '../../../lib/watchdog/ports.ts';
import { intercepted } from '../intercepted.ts';

/** How a call fails: its request is lost, or only its answer; or the process is killed before it, or when it is done. */
export const BREAKS = ['no-request', 'no-answer', 'killed-before', 'killed-after'] as const;
export type Break = (typeof BREAKS)[number];

/** Counts the calls of the watchdog's ports, and makes one of them fail. */
export class Breaker {
  calls = 0;
  /** What broke. */
  broken: string | undefined;
  readonly #nth: number;
  readonly #how: Break;

  /** @param nth from 1; 0 for none */
  constructor(nth: number, how: Break) {
    this.#nth = nth;
    this.#how = how;
  }

  between(ports: WatchdogPorts): WatchdogPorts {
    const { store, alerts, findDeployed, send, alert, countMessages, countUntaken } = ports;
    return {
      ...ports,
      findDeployed: (name) => this.#call('findDeployed', () => findDeployed(name)),
      send: (run, options) => this.#call('send', () => send(run, options)),
      alert: (message) => this.#call('alert', () => alert(message)),
      countMessages: (queue) => this.#call('countMessages', () => countMessages(queue)),
      countUntaken: (queue) => this.#call('countUntaken', () => countUntaken(queue)),
      alerts: intercepted(alerts, (name, apply) => this.#call(name, apply)),
      store: {
        get: (run) => this.#call('get', () => store.get(run)),
        recordWithoutRun: (dueTime) => this.#call('recordWithoutRun', () => store.recordWithoutRun(dueTime)),
        track: (run, checkAt) => this.#call('track', () => store.track(run, checkAt)),
        recentRecords: (job, which) => this.#call('recentRecords', () => store.recentRecords(job, which)),
        loadState: () => this.#call('loadState', () => store.loadState()),
        saveState: (state) => this.#call('saveState', () => store.saveState(state)),
        dueRuns: (until) => this.#rows('dueRuns', () => store.dueRuns(until)),
        move: (run, to, checkAt) => this.#call('move', () => store.move(run, to, checkAt)),
        openRuns: (until, after) => this.#rows('openRuns', () => store.openRuns(until, after)),
        newestRuns: (job) => this.#rows('newestRuns', () => store.newestRuns(job)),
      },
    };
  }

  async *#rows<Row>(name: string, query: () => AsyncIterable<Row>): AsyncIterable<Row> {
    await this.#call(name, async () => {});
    yield* query();
  }

  async #call<Answer>(name: string, apply: () => Promise<Answer>): Promise<Answer> {
    if (++this.calls !== this.#nth) return apply();
    this.broken = name;
    if (this.#how === 'no-request') throw new Error(`${name}: refused`);
    if (this.#how === 'killed-before') return new Promise(() => {});
    const answer = await apply();
    if (this.#how === 'no-answer') throw new Error(`${name}: no answer`);
    return new Promise<Answer>((resolve) => void (answer === resolve));
  }
}
