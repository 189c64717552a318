import { type EpochMs, MINUTE } from '../../lib/units.ts';

/** A schedule of the model: due in some minutes of the hour, or once. */
export interface Definition {
  readonly due: { readonly from: number; readonly every: number } | { readonly at: number };
  readonly isEnabled: boolean;
  readonly deletes: boolean;
}

export const minuteOf = (time: number): string => `${new Date(time).toISOString().slice(0, 16)}Z`;

export const expressionOf = ({ due }: Definition): string =>
  'at' in due ? `at(${new Date(due.at).toISOString().slice(0, 19)})` : `cron(${due.from}/${due.every} * * * ? *)`;

/** Whether a definition, as long as it holds, is due at a whole minute. */
export function isDue(definition: Definition | undefined, time: number): boolean {
  if (definition?.isEnabled !== true) return false;
  const { due } = definition;
  if ('at' in due) return due.at === time;
  const past = ((time / MINUTE) % 60) - due.from;
  return past >= 0 && past % due.every === 0;
}

interface Change {
  readonly at: EpochMs;
  readonly createdAt: EpochMs;
  /** Undefined when it was deleted. */
  readonly definition: Definition | undefined;
}

/** A look whose list was answered. */
interface Look {
  readonly at: EpochMs;
  readonly isEmpty: boolean;
  readonly couldRead: boolean;
}

interface NotedLook extends Look {
  readonly definitions: ReadonlyMap<string, Definition | undefined>;
}

/** What was so at an endpoint, and what looks could see of it; and so what has to be fired. */
export class History {
  readonly #changes = new Map<string, Change[]>();
  readonly #looks: NotedLook[] = [];

  change(name: string, at: EpochMs, definition: Definition | undefined): void {
    const before = this.current(name);
    const createdAt = before?.definition === undefined ? at : before.createdAt;
    this.#changes.set(name, [...(this.#changes.get(name) ?? []), { at, createdAt, definition }]);
  }

  look(look: Look): void {
    const there = look.isEmpty ? [] : this.names();
    this.#looks.push({ ...look, definitions: new Map(there.map((name) => [name, this.current(name)?.definition])) });
  }

  current(name: string): Change | undefined {
    return this.#changes.get(name)?.at(-1);
  }

  /** Of the schedules that there are. */
  names(): readonly string[] {
    return [...this.#changes.keys()].filter((name) => this.current(name)?.definition !== undefined).sort();
  }

  /** Whether EventBridge would have fired it. */
  isExpected(name: string, time: number): boolean {
    return isDue(this.#holding(name, time), time);
  }

  /** Whether it was due by what the last look before had seen, right or not. */
  isDueAsSeen(name: string, time: number): boolean {
    return isDue(this.#seen(name, time), time);
  }

  /** Whether a tick had seen before what then was so, and has seen it ever since. */
  isFollowed(name: string, time: number): boolean {
    return this.#isSeen(name, time) && !this.#looks.some(({ at, isEmpty }) => at >= time && isEmpty);
  }

  /**
   * Whether a tick can know in time that it was due: by what it had seen before, or by a later look that sees the same
   * definition, unless one between them has seen nobody. Then the schedule counts from that one.
   */
  isKnowable(name: string, time: number): boolean {
    if (this.#isSeen(name, time)) return true;
    const later = this.#looks.filter(({ at }) => at >= time).find(({ isEmpty, couldRead }) => isEmpty || couldRead);
    return later?.definitions.get(name) === this.#holding(name, time);
  }

  #isSeen(name: string, time: number): boolean {
    return this.#seen(name, time) === this.#holding(name, time);
  }

  /** The definition from the last change before an instant. */
  #holding(name: string, instant: number): Definition | undefined {
    return this.#changes.get(name)?.findLast(({ at }) => at < instant)?.definition;
  }

  #seen(name: string, instant: number): Definition | undefined {
    const looks = this.#looks.filter(({ at }) => at < instant);
    // One that is not there is not listed, whether or not it could have been read.
    return looks.findLast(({ couldRead, definitions }) => couldRead || !definitions.has(name))?.definitions.get(name);
  }
}
