import type { Task, TickObserver } from './observer.ts';

/** Tells of a task that fails when it begins to, and when it works again; not each time that it is tried between. */
export class Outages {
  readonly #observer: TickObserver;
  readonly #failing = new Set<string>();

  constructor(observer: TickObserver) {
    this.#observer = observer;
  }

  failed(task: Task, error: unknown): void {
    if (this.#failing.has(keyOf(task))) return;
    this.#failing.add(keyOf(task));
    this.#observer.onTrouble?.(task, error);
  }

  worked(task: Task): void {
    if (this.#failing.delete(keyOf(task))) this.#observer.onTroubleOver?.(task);
  }
}

const keyOf = ({ kind, name }: Task): string => `${kind} ${name}`;
