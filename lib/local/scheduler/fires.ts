import type { Deliveries } from './delivery.ts';
import type { Disturbance } from './disturbance.ts';
import type { Fire, SchedulerObserver } from './ports.ts';

export interface FiresParts {
  readonly deliveries: Deliveries;
  readonly disturbance: Disturbance;
  readonly observer: SchedulerObserver;
}

/** Sends due times on their way, disturbed where that is asked for. */
export class Fires {
  readonly #parts: FiresParts;
  readonly #underWay = new Set<Promise<void>>();

  constructor(parts: FiresParts) {
    this.#parts = parts;
  }

  /** @param onConcluded called when every copy is delivered, dead-lettered or dropped; never for one that was abandoned */
  begin(fire: Fire, onConcluded: () => void): void {
    const { deliveries, disturbance, observer } = this.#parts;
    if (disturbance.takesDrop(fire.schedule.name, fire.scheduledTime)) {
      observer.onDropped?.({ ...fire, reason: 'requested' });
      onConcluded();
      return;
    }
    const copies = Array.from({ length: disturbance.copies() }, () => deliveries.deliver(fire));
    const underWay = Promise.all(copies).then((outcomes) => {
      this.#underWay.delete(underWay);
      if (!outcomes.includes('abandoned')) onConcluded();
    });
    this.#underWay.add(underWay);
  }

  /** Resolves when the messages being sent are; retries not yet due are given up. */
  async stop(): Promise<void> {
    this.#parts.deliveries.abandon();
    await Promise.all(this.#underWay);
  }
}
