import { type EpochMs, epochMs } from '../../../lib/units.ts';
import type { DeployedSchedule } from '../../../lib/watchdog/ports.ts';
import { scanDueTimes } from '../../cron/oracle.ts';

const DAY = 86_400_000;

/** A schedule as it was created or last changed, and the text that it sends. */
export interface SetUp extends Omit<DeployedSchedule, 'createdAt' | 'changedAt'> {
  readonly body: string;
}

/** EventBridge Scheduler, as far as the watchdog sees it. It finds due times by a scan of every minute. */
export class FakeEventBridge {
  /** Whether it can be asked. It fires all the same. */
  answers = true;
  readonly #schedules = new Map<string, SetUp & DeployedSchedule>();

  /** Creates or changes a schedule. An unchanged one is left alone, as CloudFormation leaves it. */
  put(name: string, setUp: SetUp, now: EpochMs): void {
    const before = this.#schedules.get(name);
    if (before !== undefined && (Object.keys(setUp) as (keyof SetUp)[]).every((key) => before[key] === setUp[key])) {
      return;
    }
    this.#schedules.set(name, { ...setUp, createdAt: before?.createdAt ?? now, changedAt: now });
  }

  /** Changes part of a schedule by hand. */
  change(name: string, change: Partial<SetUp>, now: EpochMs): void {
    const before = this.#schedules.get(name);
    if (before === undefined) throw new Error(`there is no schedule ${name}`);
    this.put(name, { ...before, ...change }, now);
  }

  remove(name: string): void {
    this.#schedules.delete(name);
  }

  names(): readonly string[] {
    return [...this.#schedules.keys()];
  }

  async find(name: string): Promise<DeployedSchedule | undefined> {
    if (!this.answers) throw Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' });
    return this.#schedules.get(name);
  }

  /** The messages of schedules that are due at this minute. */
  dueAt(minute: EpochMs): readonly { readonly name: string; readonly body: string }[] {
    return [...this.#schedules].flatMap(([name, { isEnabled, expression, timezone, body, changedAt }]) => {
      if (!isEnabled || minute <= changedAt || !isDue(expression, timezone, minute)) return [];
      return [{ name, body: body.replace('<aws.scheduler.scheduled-time>', new Date(minute).toISOString()) }];
    });
  }
}

const days = new Map<string, ReadonlySet<number>>();

/** By a scan of the whole day, kept: simulations ask for the same days over and over. */
function isDue(expression: string, timezone: string, minute: number): boolean {
  const day = Math.floor(minute / DAY) * DAY;
  const key = `${expression} ${timezone} ${day}`;
  let due = days.get(key);
  if (due === undefined) {
    due = new Set(scanDueTimes({ expression, timezone, from: day - 1, to: day + DAY - 1 }));
    days.set(key, due);
  }
  return due.has(minute);
}

/** Due times in (from, to], by the same scan. */
export function dueTimes(expression: string, timezone: string, from: number, to: number): readonly EpochMs[] {
  const first = Math.floor(from / 60_000) * 60_000 + 60_000;
  const minutes = Array.from(
    { length: Math.max(0, Math.floor((to - first) / 60_000) + 1) },
    (_, n) => first + n * 60_000,
  );
  return minutes.filter((minute) => isDue(expression, timezone, minute)).map(epochMs);
}
