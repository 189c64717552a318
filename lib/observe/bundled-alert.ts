import { type EpochMs, plus, seconds, toMilliseconds } from '../units.ts';
import type { Alert } from './alert.ts';
import type { AlertStore, PendingAlert, Story } from './alert-store.ts';

/** For how long a sender has an alert for itself: it is in the middle of sending, or it has died. */
const OWN_TIME = toMilliseconds(seconds(20));
/** How often a story is read again that others change at the same time. */
const MAX_TRIES = 5;

export interface BundledAlertPorts {
  readonly alerts: AlertStore;
  /** Sends an alert at once. */
  readonly publish: (alert: Alert) => Promise<void>;
  readonly now: () => EpochMs;
}

/** An alert of a function, and what makes it the same when its delivery is repeated. */
export interface AlertToBundle {
  readonly alert: Alert;
  readonly id: string;
  readonly at: EpochMs;
  /** Whether it begins a story or is counted in an open one. @default it is sent in any case */
  readonly isStory?: boolean;
}

/**
 * Sends an alert, or leaves it to the watchdog: at once while there are places in this minute, in its next list otherwise.
 * One that repeats an open story is counted there and not sent.
 *
 * It is kept before anything else and removed after it is sent, so that it is never lost: at worst it is sent twice. Only
 * where the table cannot be reached it is sent without.
 *
 * @throws what `publish` throws, where the alert could not be kept either
 */
export async function bundleAlert(
  { alert, id, at, isStory = false }: AlertToBundle,
  ports: BundledAlertPorts,
): Promise<void> {
  const { alerts, publish, now } = ports;
  const pending: PendingAlert = { id, at, readyAt: plus(now(), OWN_TIME), alert };
  try {
    await alerts.put(pending);
  } catch {
    return await publish(alert);
  }
  try {
    if (isStory && (await repeatsStory(alert, ports))) return await alerts.remove(pending);
    if (!(await alerts.takePlace(now()))) return await alerts.leave(pending, now());
  } catch {
    // It is kept: the watchdog sends it when its sender's time is over.
    return;
  }
  await sendOwn(pending, ports);
}

async function sendOwn(pending: PendingAlert, { alerts, publish, now }: BundledAlertPorts): Promise<void> {
  try {
    await publish(pending.alert);
  } catch {
    return await ignoringFailure(() => alerts.leave(pending, now()));
  }
  await ignoringFailure(() => alerts.remove(pending));
}

/** After it the watchdog sends the alert in any case, if later or once too often. */
async function ignoringFailure(step: () => Promise<void>): Promise<void> {
  await step().catch(() => {});
}

/** Opens the story of an alert. @returns whether it was open, and the alert is counted in it */
async function repeatsStory({ subject, facts }: Alert, { alerts, now }: BundledAlertPorts): Promise<boolean> {
  const at = now();
  const { kind, story: key, job, run, since } = facts;
  const times = { since, lastAt: at, alertedAt: at };
  const of = { ...(job === undefined ? {} : { job }), ...(run === undefined ? {} : { run }) };
  const own: Story = { key, kind, ...of, subject, ...times, count: 1, version: 1 };
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const { isNew, story } = await alerts.open(own);
    // One that was last seen with this run was opened by a delivery that died before it had sent the alert, or may have.
    if (isNew || story.run === run) return false;
    const isCounted = await alerts.change(story, { ...story, ...of, lastAt: at, count: story.count + 1 });
    if (isCounted) return true;
  }
  return false;
}
