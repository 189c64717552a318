import type { Alert, AlertKind } from '../../../lib/observe/alert.ts';
import type { FieldsOf } from '../../../lib/observe/events.ts';
import { parseRunId } from '../../../lib/run/run-id.ts';
import type { WatchdogPorts } from '../../../lib/watchdog/ports.ts';
import { intercepted } from '../intercepted.ts';
import { createWatchdogHarness, type Firing, type WatchdogHarness } from './harness.ts';
import { delayRun } from './pend.ts';
import type { Period, WatchScenario } from './scenario.ts';

const MINUTE = 60_000;
const NEVER = 'cron(0 0 1 1 ? 2199)';

/** What happened, as the world knows it and not the watchdog. */
export interface Story {
  readonly scenario: WatchScenario;
  readonly harness: WatchdogHarness;
  /** By `<schedule> <due time>`: those whose message came as it should. */
  readonly prompt: ReadonlySet<string>;
  /** Runs that a sent alert has named as missed, or counted when it said that an outage was over. */
  readonly alerted: ReadonlySet<string>;
  /** Runs that a pass found missed, whether or not it lived to send their alert. */
  readonly seenMissed: ReadonlySet<string>;
  /** Runs that were to be sent at a time, and that time. */
  readonly delayed: ReadonlyMap<string, number>;
  /** How many calls of the watchdog's were disturbed. */
  readonly troubles: number;
  readonly finishedAt: number;
}

/** Changes what a pass works with, to see whether the auditor finds out. */
export type Mutate = (ports: WatchdogPorts, world: WatchdogHarness) => WatchdogPorts;

/** Lets a scenario happen, and then enough time without disturbance for the watchdog to repair everything. */
export async function happen(scenario: WatchScenario, mutate: Mutate = (ports) => ports): Promise<Story> {
  const { random, start, end, odds, unwatched, silent } = scenario;
  const harness = createWatchdogHarness({
    ...scenario.app,
    start: new Date(start).toISOString(),
    random: () => random.next(),
  });
  const grace = 60 * (scenario.app.grace ?? 3);
  const prompt = new Set<string>();
  const alerted = new Set<string>();
  const seenMissed = new Set<string>();
  /** Of each run that a pass found missed, the kind of alert that is about it. */
  const reported = new Map<string, AlertKind>();
  let troubles = 0;
  const isDisturbed = () => harness.now < end;
  const happens = (chance: number) => isDisturbed() && random.chance(chance);
  const isIn = (periods: readonly Period[]) => periods.some(({ from, to }) => harness.now >= from && harness.now < to);

  harness.circumstances.fires = (name, at): Firing | undefined => {
    const seconds = random.integer(1, 50);
    if (isIn(silent) || happens(odds.dropped)) return undefined;
    if (happens(odds.late))
      return { seconds: random.chance(0.5) ? grace + random.integer(0, 70) : random.integer(60, 18_000) };
    prompt.add(`${name} ${at}`);
    return { seconds, copies: happens(odds.doubled) ? 2 : 1 };
  };
  harness.circumstances.behaves = () => {
    const seconds = random.integer(1, 55);
    if (happens(odds.killed)) return { does: 'die', seconds };
    if (happens(odds.vanished)) return { does: 'vanish', seconds };
    return { does: happens(odds.failed) ? 'fail' : 'complete', seconds };
  };
  harness.circumstances.losesSent = () => happens(odds.lost);
  harness.circumstances.between = (ports) => {
    const witnessed: WatchdogPorts = {
      ...ports,
      log(event, fields) {
        ports.log(event, fields);
        if (event !== 'run-missed' && event !== 'run-came-too-late') return;
        const { runId, why } = fields as FieldsOf<'run-missed'>;
        const isDisabled = /disabled .*in EventBridge/.test(String(why));
        reported.set(String(runId), isDisabled ? 'schedule-disabled' : 'runs-missed');
        if (event === 'run-missed') seenMissed.add(String(runId));
      },
      async alert(message) {
        await ports.alert(message);
        for (const run of [...namedIn(message, reported), ...countedIn(message, reported)]) alerted.add(run);
      },
    };
    const disturbed = disturb(witnessed, async () => {
      if (happens(odds.slow)) await harness.sleep(random.integer(1_000, 20_000));
      const isFirst = harness.now < start + 2 * MINUTE;
      const how = isFirst ? undefined : happens(odds.broken) ? 'breaks' : happens(odds.died) ? 'dies' : undefined;
      if (how !== undefined) troubles++;
      return how === undefined ? undefined : { how, isApplied: random.chance(0.5) };
    });
    return mutate(disturbed, harness);
  };

  const delayed = new Map<string, number>();
  for (const [index, { job, requestedAt, sendAt }] of scenario.delayed.entries()) {
    const request = async () =>
      delayed.set(await delayRun(harness, job, new Date(sendAt).toISOString(), index), sendAt);
    harness.timeline.at(requestedAt, () => void request());
  }

  const steps = scenario.redeployments.flatMap(({ app, eventBridgeAt, watchdogAt }) => [
    { at: eventBridgeAt, take: () => harness.deploySchedules(app) },
    { at: watchdogAt, take: () => harness.deployWatchdog(app) },
  ]);
  for (const { at, take } of steps.sort((one, other) => one.at - other.at)) await run(harness, at, take);
  await run(harness, end + 10 * MINUTE, () => harness.deploy(withoutDueTimes(scenario)));
  // As long again, since what is old is sent ever more rarely; with a pass every five minutes, for speed.
  const finishedAt = end + (end - start) + 120 * MINUTE;
  await run(harness, end + 25 * MINUTE);
  for (let at = end + 25 * MINUTE; at < finishedAt; at += 5 * MINUTE) {
    harness.circumstances.isWatching = false;
    await harness.runUntil(at + 4 * MINUTE);
    harness.circumstances.isWatching = true;
    await harness.runUntil(at + 5 * MINUTE);
  }
  return { scenario, harness, prompt, alerted, seenMissed, delayed, troubles, finishedAt };

  /** Minute by minute; the watchdog has no pass in the unwatched periods. */
  async function run(world: WatchdogHarness, until: number, then = () => {}): Promise<void> {
    while (world.now < until) {
      world.circumstances.isWatching = !isIn(unwatched);
      await world.runUntil(Math.min(until, world.now + MINUTE));
    }
    then();
  }
}

/** The runs that an alert names as missed: one alert may be part of a list. */
const namedIn = ({ body }: Alert, reported: ReadonlyMap<string, AlertKind>): readonly string[] =>
  [...reported.keys()].filter((run) => body.includes(`\n${run}\n  due `));

/** The runs of outages that an alert says are over, where it has their number, or a higher one. */
function countedIn({ body, facts }: Alert, reported: ReadonlyMap<string, AlertKind>): readonly string[] {
  const over = (facts.each ?? [facts]).filter(({ isOver }) => isOver);
  return over.flatMap(({ kind, story, since, run: last = '' }) => {
    const id = story.slice(story.indexOf(':') + 1);
    const until = parseRunId(last)?.scheduledTime ?? 0;
    const runs = [...reported].flatMap(([run, of]) => {
      const { occasion, scheduledTime = 0 } = parseRunId(run) ?? {};
      return of === kind && occasion === id && scheduledTime >= since && scheduledTime <= until ? [run] : [];
    });
    const by = kind === 'schedule-disabled' ? ' disabled by hand' : '';
    const counts = [...body.matchAll(new RegExp(`over: ${id}${by}: (\\d+) due times? missed`, 'g'))];
    return counts.some(([, count]) => Number(count) >= runs.length) ? runs : [];
  });
}

/** The last app of a scenario without due times to come: nothing new disturbs the repair. */
function withoutDueTimes({ app: first, redeployments }: WatchScenario): WatchScenario['app'] {
  const app = redeployments.at(-1)?.app ?? first;
  // Not disabled: then nothing would be caught up any more.
  const off = Object.entries(app.schedules).map(([id, schedule]) => [id, { ...schedule, expressions: [NEVER] }]);
  return { ...app, schedules: Object.fromEntries(off) };
}

type Trouble = { readonly how: 'breaks' | 'dies'; readonly isApplied: boolean } | undefined;

/** Makes calls of the watchdog fail, before or after they are applied, or kills its process in them. */
function disturb(ports: WatchdogPorts, next: () => Promise<Trouble>): WatchdogPorts {
  const { store } = ports;
  const call = async <Answer>(apply: () => Promise<Answer>): Promise<Answer> => {
    const trouble = await next();
    if (trouble === undefined) return apply();
    if (trouble.isApplied) await apply();
    if (trouble.how === 'dies') return new Promise<Answer>(() => {});
    throw new Error('no answer');
  };
  return {
    ...ports,
    findDeployed: (name) => call(() => ports.findDeployed(name)),
    send: (run, options) => call(() => ports.send(run, options)),
    alert: (message) => call(() => ports.alert(message)),
    countMessages: (queue) => call(() => ports.countMessages(queue)),
    countUntaken: (queue) => call(() => ports.countUntaken(queue)),
    alerts: intercepted(ports.alerts, (_name, apply) => call(apply)),
    store: {
      get: (run) => call(() => store.get(run)),
      recordWithoutRun: (dueTime) => call(() => store.recordWithoutRun(dueTime)),
      track: (run, checkAt) => call(() => store.track(run, checkAt)),
      recentRecords: (job, which) => call(() => store.recentRecords(job, which)),
      loadState: () => call(() => store.loadState()),
      saveState: (state) => call(() => store.saveState(state)),
      openRuns: (until, after) => store.openRuns(until, after),
      dueRuns: (until) => store.dueRuns(until),
      move: (run, to, checkAt) => call(() => store.move(run, to, checkAt)),
      newestRuns: (job) => store.newestRuns(job),
    },
  };
}
