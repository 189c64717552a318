import type { Alert, AlertFacts, AlertKind } from '../observe/alert.ts';
import type { Story } from '../observe/alert-store.ts';
import { DAY, type EpochMs, plus, toIso } from '../units.ts';
import type { Condition } from './conditions.ts';
import { type ConditionKind, type Ending, endingOf } from './endings.ts';
import { StaleLookError } from './errors.ts';
import type { Pass } from './pass-context.ts';
import { collectProblem } from './problems.ts';

/** How long after its last alert an open story is reported once more. */
const REMINDED_AFTER = DAY;

export interface ReconciledStories {
  readonly problems: readonly string[];
}

export interface ReconcileOptions {
  /** Whether this pass could not find out if a story goes on. @default it could, of each */
  readonly isUnknown?: (story: string) => boolean;
}

/**
 * Compares what is wrong now with the open stories of that kind. What is new begins a story and makes one alert; what was
 * wrong before makes none, but a reminder a day; what is wrong no more ends its story and makes one alert. A step that fails
 * is reported as a problem, and the next pass comes to it again.
 */
export async function reconcileStories(
  kind: ConditionKind,
  conditions: readonly Condition[],
  pass: Pass,
  { isUnknown = () => false }: ReconcileOptions = {},
): Promise<ReconciledStories> {
  const problems: string[] = [];
  const attempt = (key: string, step: () => Promise<void>) => followStory(key, step, problems);
  const current = new Set(conditions.map(({ story }) => story));
  for (const condition of conditions) {
    const known = pass.stories.get(condition.story);
    if (known === undefined) await attempt(condition.story, () => beginStory(condition, pass));
    else if (isReminderDue(known, pass)) await attempt(known.key, () => remindOfStory(known, condition.lines, pass));
  }
  for (const story of storiesOf(kind, pass)) {
    if (current.has(story.key) || isUnknown(story.key)) continue;
    await attempt(story.key, () => endStory(story, endingOf(story, kind, pass), pass));
  }
  return { problems };
}

/**
 * Takes a step of a story, whose failure is added to `problems`. That another writer has changed the story since it was read
 * is none: the next pass finds out what that means.
 */
export async function followStory(key: string, step: () => Promise<void>, problems: string[]): Promise<void> {
  await collectProblem(problems, `the story ${key} cannot be followed`, async () => {
    try {
      await step();
    } catch (error) {
      if (!(error instanceof StaleLookError)) throw error;
    }
  });
}

/** The open stories of a kind. */
export const storiesOf = (kind: AlertKind, { stories }: Pass): readonly Story[] =>
  [...stories.values()].filter((story) => story.kind === kind);

/** Whether the last alert of a story is so long ago that it is reported once more. */
export const isReminderDue = ({ alertedAt }: Story, { now }: Pass): boolean => now >= plus(alertedAt, REMINDED_AFTER);

async function beginStory(condition: Condition, pass: Pass): Promise<void> {
  const { story: key, kind, job, run, subject, since } = condition;
  const { now } = pass;
  await beginAlert(condition, pass);
  await openStory({ key, kind, job, run, subject, since, lastAt: now, count: 1, alertedAt: now, version: 1 }, pass);
}

/** Keeps the alert of a condition. */
export async function beginAlert({ story, subject, lines, ...facts }: Condition, pass: Pass): Promise<void> {
  await putAlert({ subject, body: textOf(subject, lines), facts: { story, ...facts } }, 'begins', pass);
}

/**
 * Opens a story whose alert is put.
 *
 * @throws StaleLookError when another pass has opened it since this one read the stories
 */
export async function openStory(story: OpeningStory, { ports }: Pass): Promise<void> {
  const { isNew } = await ports.alerts.open(definedIn(story));
  if (!isNew) throw new StaleLookError(`another pass has opened the story ${story.key}`);
}

/** A story whose job and run may be `undefined`. */
export type OpeningStory = Omit<Story, 'job' | 'run'> & Partial<Record<'job' | 'run', string | undefined>>;

const definedIn = ({ job, run, ...story }: OpeningStory): Story => ({
  ...story,
  ...(job === undefined ? {} : { job }),
  ...(run === undefined ? {} : { run }),
});

/** Reports a story once more. */
export async function remindOfStory(story: Story, lines: readonly string[], pass: Pass): Promise<void> {
  const subject = withWord('still', story.subject, pass);
  const since = `Since ${minuteOf(story.since)}. This is repeated once a day until it is over.`;
  const alert = { subject, body: textOf(subject, [since, ...lines]), facts: factsOf(story) };
  await putAlert(alert, 'goes-on', pass);
  await replaceStory(story, { ...story, alertedAt: pass.now }, pass);
}

/** Reports that a story is over, and closes it. */
export async function endStory(story: Story, { subject, lines }: Ending, pass: Pass): Promise<void> {
  const headline = withWord('over', subject, pass);
  const period = `It began at ${minuteOf(story.since)}, and it is over since ${minuteOf(pass.now)} or a little earlier.`;
  const facts = { ...factsOf(story), isOver: true };
  // One whose story was not closed after all is not sent: sendPendingAlerts compares.
  await putAlert({ subject: headline, body: textOf(headline, [period, ...lines]), facts }, 'ends', pass);
  if (!(await pass.ports.alerts.close(story))) throw new StaleLookError(`the story ${story.key} goes on`);
}

/** @throws StaleLookError when the story was changed or closed since it was read */
export async function replaceStory(before: Story, after: Omit<Story, 'version'>, { ports }: Pass): Promise<void> {
  if (!(await ports.alerts.change(before, after))) throw new StaleLookError(`the story ${before.key} has changed`);
}

/** Keeps an alert for the end of the pass, or for a later pass. */
export async function putAlert(alert: Alert, what: 'begins' | 'goes-on' | 'ends', { ports, now }: Pass): Promise<void> {
  const { story, since } = alert.facts;
  // The alert that begins a story is the same one in the pass that repeats this one.
  const at = what === 'begins' ? since : now;
  await ports.alerts.put({ id: `${story}#${what}`, at, readyAt: now, alert });
}

const factsOf = ({ key: story, kind, job, run, since }: Story): AlertFacts => ({
  kind,
  story,
  since,
  ...(job === undefined ? {} : { job }),
  ...(run === undefined ? {} : { run }),
});

/** `[prod] over: report has 3 dead letters`. */
function withWord(word: string, subject: string, { stage }: Pick<Pass, 'stage'>): string {
  const mark = `[${stage}] `;
  return `${mark}${word}: ${subject.startsWith(mark) ? subject.slice(mark.length) : subject}`;
}

const textOf = (subject: string, lines: readonly string[]): string => [subject, '', ...lines].join('\n');

/** `2027-03-02 02:00 UTC`. */
export const minuteOf = (instant: EpochMs): string => `${toIso(instant).slice(0, 16).replace('T', ' ')} UTC`;
