import type { SchedulerObserver, StoredSchedule } from '../local/scheduler/index.ts';

/** What a look found to be otherwise than at the look before. */
export type Change =
  /** `gone` is not said of what was deleted here, after its completion. */
  | { readonly kind: 'new' | 'changed' | 'gone'; readonly schedule: StoredSchedule }
  /** It is not fired; told once for each definition. */
  | { readonly kind: 'unsupported'; readonly schedule: { readonly name: string }; readonly reason: string };

/** Something that a tick does at the endpoint. `name` is that of the schedule group, the schedule or the queue. */
export interface Task {
  readonly kind: 'list' | 'read' | 'delete' | 'send';
  readonly name: string;
}

/** What somebody outside may want to know. Every method is optional and must not throw. */
export interface TickObserver extends SchedulerObserver {
  /** A look after the first has found a change. */
  onChange?(change: Change): void;
  /** A task has failed and will be tried again. Told once, until it has worked again. */
  onTrouble?(task: Task, error: unknown): void;
  onTroubleOver?(task: Task): void;
}
