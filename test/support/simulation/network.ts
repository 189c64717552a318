import type { FaultPlan, Service } from './faults.ts';
import type { Event } from './journal.ts';
import type { Random } from './random.ts';
import type { SimulatedProcess } from './simulated-process.ts';
import type { Timeline } from './timeline.ts';

/** How long the SDK waits for an answer before it sends a request again. */
const SDK_PATIENCE = 3_000;

export interface Call<Answer> {
  readonly process: SimulatedProcess;
  readonly service: Service;
  readonly name: string;
  readonly apply: () => Promise<Answer>;
}

export interface NetworkOptions {
  readonly timeline: Timeline;
  readonly random: Random;
  readonly faults: FaultPlan;
  readonly note: (event: Event) => void;
}

/** What lies between a process and everything outside it: time passes, and what the fault plan says happens. */
export class Network {
  readonly #timeline: Timeline;
  readonly #random: Random;
  readonly #faults: FaultPlan;
  readonly #note: (event: Event) => void;

  constructor({ timeline, random, faults, note }: NetworkOptions) {
    this.#timeline = timeline;
    this.#random = random;
    this.#faults = faults;
    this.#note = note;
  }

  call<Answer>({ process, service, name, apply }: Call<Answer>): Promise<Answer> {
    const timeline = this.#timeline;
    const latency = () => 2 + Math.floor(this.#random.next() * 20);
    const fault = this.#faults.next({ service, name, now: timeline.now });
    if (service === 'runs' || service === 'locks') process.storeCalls++;
    if (fault !== undefined) this.#note({ kind: 'fault', process: process.id, call: name, fault });

    return new Promise((resolve, reject) => {
      const answer = (settle: () => void) => timeline.after(latency(), () => process.go(settle));
      const send = async (hear: (outcome: () => void) => void) => {
        try {
          const value = await timeline.holdFor(apply());
          hear(() => resolve(value));
        } catch (error) {
          hear(() => refuse(error));
        }
      };
      const refuse = (error: unknown) => {
        if (service === 'runs') process.troubles++;
        if (service === 'locks') process.lockTroubles++;
        reject(error);
      };
      const lost = () => answer(() => refuse(new Error(`${name}: no answer`)));
      const arrive = (action: () => unknown) => timeline.after(latency(), action);

      switch (fault) {
        case undefined:
          return arrive(() => send(answer));
        case 'lost-request':
          return lost();
        case 'lost-answer':
          return arrive(() => send(lost));
        case 'repeated':
          return arrive(() =>
            send(() => timeline.after(SDK_PATIENCE, () => process.go(() => arrive(() => send(answer))))),
          );
        case 'crash-before':
          return process.die();
        case 'crash-after':
          return arrive(() => send(() => process.die()));
        case 'freeze-before':
          process.freeze(timeline.now + this.#faults.freeze());
          return process.go(() => arrive(() => send(answer)));
        case 'freeze-after':
          process.freeze(timeline.now + this.#faults.freeze());
          return arrive(() => send(answer));
      }
    });
  }
}
