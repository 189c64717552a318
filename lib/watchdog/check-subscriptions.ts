import { HOUR, plus } from '../units.ts';
import type { Condition } from './conditions.ts';
import type { Pass } from './pass-context.ts';
import type { WatchdogPlan } from './plan.ts';
import type { SubscriptionState, Subscriptions } from './state.ts';
import { type ReconciledStories, reconcileStories } from './stories.ts';
import { NO_SUBSCRIBER_STORY } from './story-keys.ts';

/** How often SNS is asked. */
const ASKED_EVERY = HOUR;

/**
 * Finds out once an hour whether anyone receives alerts, and logs it when no one does. SNS deletes a subscription that is
 * not confirmed within 48 hours, every mail has a link that unsubscribes by one click, and a deployment notices neither.
 * Where there are other channels they get an alert too ({@link reportSubscriptions}); else it would reach no one.
 */
export async function checkSubscriptions({ plan, ports, state, now }: Pass): Promise<SubscriptionState | undefined> {
  const { countSubscriptions, log } = ports;
  if (countSubscriptions === undefined) return undefined;
  const topic = plan.mailTopic === undefined ? {} : { mailTopic: plan.mailTopic };
  // What an answer says of another topic says nothing of this one.
  const known = state.subscriptions?.mailTopic === plan.mailTopic ? state.subscriptions : undefined;
  if (known !== undefined && now < plus(known.askedAt, ASKED_EVERY)) return known;
  try {
    const found = await countSubscriptions();
    if (found.confirmed === 0) log('no-subscriber', { reason: describe(found, plan) });
    return { askedAt: now, found, foundAt: now, ...topic };
  } catch {
    // Asked again in an hour: it hangs for seconds, and passes have more urgent things to do.
    return { ...known, askedAt: now, ...topic };
  }
}

/** An alert to the other channels when mails reach no one, and one when an address has confirmed. */
export async function reportSubscriptions(
  { found, askedAt }: Partial<SubscriptionState>,
  pass: Pass,
): Promise<ReconciledStories> {
  const { plan, cli, stage } = pass;
  const { mailTopic, hasOtherChannels = false } = plan;
  const conditions: Condition[] = [];
  if (found?.confirmed === 0 && askedAt !== undefined && mailTopic !== undefined && hasOtherChannels) {
    const topic = `${cli.queueArns.replace(':sqs:', ':sns:')}${mailTopic}`;
    conditions.push({
      story: NO_SUBSCRIBER_STORY,
      kind: 'no-subscriber',
      since: askedAt,
      subject: `[${stage}] ${describe(found, plan)}`,
      lines: [
        'AWS deletes an address that has not confirmed within 48 hours, and each mail has a link that unsubscribes by one click.',
        'Confirm by the link in the mail from AWS, or subscribe the address once more:',
        `  aws sns subscribe --topic-arn ${topic} --protocol email --notification-endpoint <address>${cli.options}`,
        'SNS is asked once an hour. The alert is over when an address has confirmed.',
      ],
      command: `aws sns list-subscriptions-by-topic --topic-arn ${topic}${cli.options}`,
    });
  }
  return await reconcileStories('no-subscriber', conditions, pass, { isUnknown: () => found === undefined });
}

/** With addresses there may be other channels, which need no subscription. */
function describe({ pending }: Subscriptions, { mailTopic }: WatchdogPlan): string {
  const what = mailTopic === undefined ? 'no one receives alerts: their topic' : `no one receives mails: ${mailTopic}`;
  const waiting = `, and ${pending} that ${pending === 1 ? 'waits' : 'wait'} to be confirmed`;
  return `${what} has no confirmed subscription${pending === 0 ? '' : waiting}`;
}
