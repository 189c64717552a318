import { hasEnded, type RunRecord } from '../../../lib/run/record.ts';
import { dueAmong, findTransitions, offsetOf } from '../../cron/oracle.ts';
import type { TestSchedule } from './app.ts';
import { dueTimes } from './event-bridge.ts';
import { judgeChecks } from './judge-checks.ts';
import { judgeDelayed } from './judge-delayed.ts';
import type { Story } from './random-world.ts';

const MINUTE = 60_000;

/** A time in which EventBridge had a schedule on, and as this. */
interface Spell {
  readonly id: string;
  readonly schedule: TestSchedule;
  readonly from: number;
  readonly to: number;
}

/**
 * Checks what happened in a world against what is promised of due times. Knows nothing of how the watchdog works: only
 * what was deployed when, due times by a scan of every minute, records, and what the world saw.
 *
 * @returns one line for each violation
 */
export async function auditWatch(story: Story): Promise<readonly string[]> {
  const { harness } = story;
  const records = new Map(harness.store.all().map((record) => [record.id, record]));
  const spells = spellsOf(story);
  return [
    ...judgeExpected(story, spells, records),
    ...[...records.values()].flatMap((record) => judgeRecord(record, story, spells)),
    ...judgeOverlaps(story, [...records.values()]),
    ...judgeCatchUps(story, [...records.values()]),
    ...judgeSends(story),
    ...judgeReports(story),
    ...judgeChecks(story),
    ...judgeDelayed(story),
  ];
}

/** Every due time that EventBridge must have had has a record with its outcome. */
function judgeExpected(
  { prompt }: Story,
  spells: readonly Spell[],
  records: ReadonlyMap<string, RunRecord>,
): readonly string[] {
  return spells.flatMap((spell) => {
    const { id, schedule } = spell;
    return dueTimesOf(spell)
      .filter((due) => isCertain(due, spell))
      .flatMap((due) => {
        const run = runOf(id, schedule, due);
        const record = records.get(run);
        if (record === undefined) return [`${run} has no record`];
        const isPrompt = prompt.has(`${id} ${due}`);
        return record.missedAt !== undefined && isPrompt ? [`${run} was missed, though its message came in time`] : [];
      });
  });
}

/** Not in the minute of a change, in which EventBridge may leave it out. */
const isCertain = (due: number, { from, to }: Spell): boolean => due > from + MINUTE && due <= to - MINUTE;

function judgeRecord(record: RunRecord, story: Story, spells: readonly Spell[]): readonly string[] {
  const { id, schedule, scheduledTime, status, reason, missedAt } = record;
  const { harness, alerted, seenMissed } = story;
  const found: string[] = [];
  if (!hasEnded(status)) found.push(`${id} is ${status} at the end`);
  const isDue = spells.some(
    (spell) =>
      spell.id === schedule &&
      scheduledTime > spell.from &&
      scheduledTime <= spell.to + 3 * MINUTE &&
      dueTimesOf({ ...spell, to: spell.to + 3 * MINUTE }).some((due) => due === scheduledTime),
  );
  if (schedule !== null && !isDue) found.push(`${id} was never due`);
  const executions = harness.functions.executions.filter(({ run }) => run === id);
  const done = executions.filter(({ does, endedAt }) => does === 'complete' && endedAt !== undefined).length;
  const isDone = done > 0;
  if (done > 1) found.push(`${id} has completed ${done} times`);
  if (isDone && status !== 'completed') found.push(`${id} is ${status}, though its job has completed`);
  if (!isDone && status === 'completed') found.push(`${id} is completed, though its job has not`);
  if (seenMissed.has(id) && missedAt === undefined) found.push(`${id} does not say any more that it was missed`);
  if (status === 'missed' && !alerted.has(id)) found.push(`${id} was missed, and no alert reported it`);
  const isCounted = spells.some((spell) => spell.id === schedule && isCertain(scheduledTime, spell));
  if (reason === 'too-late' && isCounted && !alerted.has(id))
    found.push(`${id} came too late, and no alert reported it`);
  return found;
}

/** Runs of a job that forbids overlap are alone, and catch-ups of any job among each other. */
function judgeOverlaps({ scenario, harness }: Story, records: readonly RunRecord[]): readonly string[] {
  const jobs = Object.entries(scenario.app.jobs ?? {});
  return jobs.flatMap(([job, { overlap }]) => {
    const executions = harness.functions.executions
      .filter((each) => each.job === job && overlap === 'skip')
      .map(({ run, startedAt, endedAt = startedAt }) => ({ run, from: startedAt, to: endedAt }));
    // From when its job was first called: it may have been claimed long before, by an original that was not run.
    const catchUps = records.flatMap(({ id, trigger, finishedAt = 0 }) => {
      const first = harness.functions.executions.find(({ run }) => run === id);
      const isCatchUp = trigger === 'catch-up' && first?.job === job;
      return isCatchUp ? [{ run: id, from: first.startedAt, to: finishedAt }] : [];
    });
    return [
      ...together(executions).map((pair) => `${pair} overlap`),
      ...together(catchUps).map((pair) => `${pair} are caught up at once`),
    ];
  });
}

function together(spans: readonly { run: string; from: number; to: number }[]): readonly string[] {
  const ordered = [...spans].sort((one, other) => one.from - other.from || one.to - other.to);
  return ordered.flatMap((span, index) => {
    const before = ordered[index - 1];
    return before !== undefined && span.from < before.to ? [`${before.run} and ${span.run}`] : [];
  });
}

/** The newest missed run of a schedule that catches up is caught up, unless the schedule was disabled after it. */
function judgeCatchUps({ scenario }: Story, records: readonly RunRecord[]): readonly string[] {
  const lastOff = (id: string): number => {
    const off = scenario.redeployments.filter(({ app }) => app.schedules[id]?.enabled === false);
    return Math.max(0, ...off.map(({ eventBridgeAt, watchdogAt }) => Math.max(eventBridgeAt, watchdogAt)));
  };
  return Object.entries(scenario.app.schedules).flatMap(([id, { catchUp = 0 }]) => {
    if (catchUp === 0) return [];
    const missed = records.filter(({ schedule, missedAt }) => schedule === id && missedAt !== undefined);
    const [newest] = missed.sort((one, other) => other.scheduledTime - one.scheduledTime);
    const caughtUp = missed.filter(({ trigger }) => trigger === 'catch-up').length;
    if (newest !== undefined && newest.scheduledTime <= lastOff(id)) return [];
    return newest?.status === 'missed' ? [`${newest.id} is not caught up, ${caughtUp} others are`] : [];
  });
}

/** A missed run is logged again only after a pass that could not finish. */
function judgeReports({ harness, troubles }: Story): readonly string[] {
  const counts = new Map<unknown, number>();
  for (const run of harness.loggedRuns('run-missed')) counts.set(run, (counts.get(run) ?? 0) + 1);
  const max = 1 + troubles + harness.passes.filter(({ error }) => error !== undefined).length;
  return [...counts].filter(([, count]) => count > max).map(([run, count]) => `${run} was reported ${count} times`);
}

/** The messages for a run that waits get ever fewer, and there are none when everything is repaired. */
function judgeSends({ harness, finishedAt, troubles }: Story): readonly string[] {
  const tooMany = harness.store.all().flatMap(({ id, scheduledTime, finishedAt: endedAt = finishedAt, claim }) => {
    const count = harness.loggedRuns('run-resent').filter((run) => run === id).length;
    // Twice as long each time, from each claim on, up to half an hour; then hourly.
    const age = Math.max(2, (endedAt - scheduledTime) / MINUTE);
    const max = (claim + 1) * (1 + Math.log2(Math.min(age, 32)) + Math.max(0, age - 32) / 60) + troubles;
    return count > max ? [`${id} was sent again ${count} times`] : [];
  });
  const last = harness.sent.filter(({ at }) => at > finishedAt - 15 * MINUTE);
  return [...tooMany, ...last.map(({ run }) => `${run} is still being sent`)];
}

/** Derived from what was deployed when. No schedule has due times from ten minutes after the end. */
function spellsOf({ scenario }: Story): readonly Spell[] {
  const { app, redeployments, start, end } = scenario;
  const deployed = [{ at: start, app }, ...redeployments.map((each) => ({ at: each.eventBridgeAt, app: each.app }))];
  const spells: Spell[] = [];
  for (const [index, { at, app: current }] of deployed.entries()) {
    const to = deployed[index + 1]?.at ?? end + 10 * MINUTE;
    for (const [id, schedule] of Object.entries(current.schedules)) {
      if (schedule.enabled === false) continue;
      const last = spells.findLastIndex((spell) => spell.id === id);
      const before = spells[last];
      const goesOn = before !== undefined && before.to === at && timesOf(before.schedule) === timesOf(schedule);
      if (goesOn) spells[last] = { ...before, to };
      else spells.push({ id, schedule, from: at, to });
    }
  }
  return spells;
}

const timesOf = ({ expressions, timezone }: TestSchedule): string => [...(expressions ?? []), timezone].join();

const runOf = (id: string, { job }: TestSchedule, due: number): string =>
  `${job}/${new Date(due).toISOString().slice(0, 16)}Z/${id}`;

function dueTimesOf({ schedule, from, to }: Spell): readonly number[] {
  const { expressions: [expression = ''] = [], timezone = 'UTC', dst } = schedule;
  const regular: readonly number[] = dueTimes(expression, timezone, from, to);
  if (dst !== 'runAfterGap') return regular;
  const gaps = findTransitions(timezone, Math.floor(from / MINUTE) * MINUTE, to).filter(
    (at) => at > from && at <= to && skips(expression, timezone, at),
  );
  return [...new Set([...regular, ...gaps])].sort((one, other) => one - other);
}

/** Whether a change of the clocks skips a local time that the expression names. */
function skips(expression: string, timezone: string, at: number): boolean {
  const offset = offsetOf(timezone);
  const [before, after] = [offset(at - MINUTE), offset(at)];
  const skipped = Array.from({ length: Math.max(0, (after - before) / MINUTE) }, (_, minute) => {
    const local = new Date(at + before + minute * MINUTE);
    return {
      instant: at,
      local: {
        year: local.getUTCFullYear(),
        month: local.getUTCMonth() + 1,
        day: local.getUTCDate(),
        hour: local.getUTCHours(),
        minute: local.getUTCMinutes(),
      },
    };
  });
  return dueAmong(expression, skipped).length > 0;
}
