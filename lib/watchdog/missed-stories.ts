import type { AlertKind } from '../observe/alert.ts';
import type { Story } from '../observe/alert-store.ts';
import type { RunRecord } from '../run/record.ts';
import { type EpochMs, epochMs } from '../units.ts';
import { MAX_CAUSES } from './alert-list.ts';
import { describeDisabled, describeMissed } from './alert-texts.ts';
import type { MissedRun } from './missed-runs.ts';
import type { Pass } from './pass-context.ts';
import { openStory, putAlert, replaceStory } from './stories.ts';
import { disabledStoryKey, missedStoryKey } from './story-keys.ts';

/** The due times of one schedule that belong to one story. */
interface Outage {
  readonly kind: OutageKind;
  readonly key: string;
  readonly since: EpochMs;
  /** The oldest first. */
  readonly missed: readonly [MissedRun, ...MissedRun[]];
}

type OutageKind = Extract<AlertKind, 'runs-missed' | 'schedule-disabled'>;

const DESCRIBE = { 'runs-missed': describeMissed, 'schedule-disabled': describeDisabled } as const satisfies Record<
  OutageKind,
  unknown
>;

/**
 * Reports missed due times: those of a schedule that has missed none before begin a story, which the alerts of this pass
 * name, one for up to {@link MAX_CAUSES} schedules; those of an open story are counted in it, and the alert that says it is over has their number.
 *
 * What cannot be stored ends the pass before its state is saved: the next one finds the same due times.
 */
export async function reportOutages(
  missed: readonly MissedRun[],
  { isCut }: { readonly isCut: boolean },
  pass: Pass,
): Promise<void> {
  const outages = outagesOf(missed);
  const begun = outages.filter(({ key }) => !pass.stories.has(key));
  for (const kind of ['runs-missed', 'schedule-disabled'] as const) {
    const ofKind = begun.filter((each) => each.kind === kind);
    for (let start = 0; start < ofKind.length; start += MAX_CAUSES) {
      await begin(ofKind.slice(start, start + MAX_CAUSES), { kind, isCut }, pass);
    }
  }
  for (const outage of outages) {
    const story = pass.stories.get(outage.key);
    if (story !== undefined) await count(outage, story, pass);
  }
}

function outagesOf(missed: readonly MissedRun[]): readonly Outage[] {
  const outages = new Map<string, Outage>();
  for (const each of missed) {
    const { schedule, disabledSince, scheduledTime } = each;
    const kind: OutageKind = disabledSince === undefined ? 'runs-missed' : 'schedule-disabled';
    const key = disabledSince === undefined ? missedStoryKey(schedule.id) : disabledStoryKey(schedule.id);
    const known = outages.get(key);
    outages.set(key, {
      kind,
      key,
      since: known?.since ?? disabledSince ?? scheduledTime,
      missed: known === undefined ? [each] : [...known.missed, each],
    });
  }
  return [...outages.values()];
}

interface Begin {
  readonly kind: OutageKind;
  readonly isCut: boolean;
}

async function begin(outages: readonly Outage[], { kind, isCut }: Begin, pass: Pass): Promise<void> {
  const [first] = outages;
  if (first === undefined) return;
  const { stage, showOption, now, ports } = pass;
  const all = inOrder(outages.flatMap(({ missed }) => missed));
  const message = DESCRIBE[kind](all, { stage, isCut, showOption });
  const facts = outages.map(({ key: story, since, missed: [{ schedule, run }] }) => {
    return { kind, story, since, job: schedule.job, run };
  });
  const [own] = facts;
  const joint = { kind, story: first.key, since: first.since, each: facts };
  await putAlert({ ...message, facts: facts.length === 1 && own !== undefined ? own : joint }, 'begins', pass);
  for (const { key, since, missed } of outages) {
    const [{ schedule, why }] = missed;
    if (kind === 'schedule-disabled') ports.log('schedule-disabled', { job: schedule.job, schedule: schedule.id, why });
    const { subject } = DESCRIBE[kind](missed, { stage, isCut: false, showOption });
    const story = { key, kind, job: schedule.job, subject, since, ...newestOf(missed) };
    await openStory({ ...story, count: missed.length, alertedAt: now, version: 1 }, pass);
  }
}

/** Of the newest due time on, since a pass that ended early is repeated. */
async function count({ missed }: Outage, story: Story, pass: Pass): Promise<void> {
  const fresh = missed.filter(({ scheduledTime }) => scheduledTime > story.lastAt);
  if (fresh.length === 0) return;
  await replaceStory(story, { ...story, ...newestOf(fresh), count: story.count + fresh.length }, pass);
}

const newestOf = (missed: readonly MissedRun[]): Pick<Story, 'lastAt'> & { readonly run: RunRecord['id'] } => {
  const newest = missed.at(-1);
  return { lastAt: newest?.scheduledTime ?? epochMs(0), run: newest?.run ?? '' };
};

const inOrder = (missed: readonly MissedRun[]): readonly MissedRun[] =>
  [...missed].sort((one, other) => one.scheduledTime - other.scheduledTime);
