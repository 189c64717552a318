import { HOUR, plus } from '../units.ts';
import type { Pass } from './pass-context.ts';
import type { WatchdogPlan } from './plan.ts';
import type { SubscriptionState, Subscriptions } from './state.ts';

/** How often SNS is asked. */
const ASKED_EVERY = HOUR;

/**
 * Finds out once an hour whether anyone receives alerts, and logs it when no one does. SNS deletes a subscription that is
 * not confirmed within 48 hours, every mail has a link that unsubscribes by one click, and a deployment notices neither.
 * There is no alert about it: it would reach no one.
 */
export async function checkSubscriptions({ plan, ports, state, now }: Pass): Promise<SubscriptionState | undefined> {
  const { countSubscriptions, log } = ports;
  const known = state.subscriptions;
  if (countSubscriptions === undefined) return undefined;
  if (known !== undefined && now < plus(known.askedAt, ASKED_EVERY)) return known;
  try {
    const found = await countSubscriptions();
    if (found.confirmed === 0) log('no-subscriber', { reason: describe(found, plan) });
    return { askedAt: now, found };
  } catch {
    // Asked again in an hour: it hangs for seconds, and passes have more urgent things to do.
    return { askedAt: now, ...(known?.found === undefined ? {} : { found: known.found }) };
  }
}

/** With addresses there may be other channels, which need no subscription. */
function describe({ pending }: Subscriptions, { mailTopic }: WatchdogPlan): string {
  const what = mailTopic === undefined ? 'no one receives alerts: their topic' : `no one receives mails: ${mailTopic}`;
  const waiting = `, and ${pending} that ${pending === 1 ? 'waits' : 'wait'} to be confirmed`;
  return `${what} has no confirmed subscription${pending === 0 ? '' : waiting}`;
}
