import { HOUR, plus } from '../units.ts';
import type { Pass } from './pass-context.ts';
import type { SubscriptionState, Subscriptions } from './state.ts';

/** How often SNS is asked. */
const ASKED_EVERY = HOUR;

/**
 * Finds out once an hour whether anyone receives alerts, and logs it when no one does. SNS deletes a subscription that is
 * not confirmed within 48 hours, every mail has a link that unsubscribes by one click, and a deployment notices neither.
 * There is no alert about it: it would reach no one.
 */
export async function checkSubscriptions({ ports, state, now }: Pass): Promise<SubscriptionState | undefined> {
  const { countSubscriptions, log } = ports;
  const known = state.subscriptions;
  if (countSubscriptions === undefined) return undefined;
  if (known !== undefined && now < plus(known.askedAt, ASKED_EVERY)) return known;
  try {
    const found = await countSubscriptions();
    if (found.confirmed === 0) log('no-subscriber', { reason: describe(found) });
    return { askedAt: now, found };
  } catch {
    // Asked again in an hour: it hangs for seconds, and passes have more urgent things to do.
    return { askedAt: now, ...(known?.found === undefined ? {} : { found: known.found }) };
  }
}

const describe = ({ pending }: Subscriptions): string =>
  `no one receives alerts: the topic has no confirmed subscription${pending === 0 ? '' : `, and ${pending} that ${pending === 1 ? 'waits' : 'wait'} to be confirmed`}`;
