import type { PendingAlert } from '../observe/alert-store.ts';
import { HOUR, MINUTE, milliseconds, plus } from '../units.ts';
import { halvesOf, type Message, messagesFor } from './alert-messages.ts';
import { mapInBatches } from './batches.ts';
import type { Pass } from './pass-context.ts';
import { readyAlerts } from './pending-alerts.ts';
import { collectProblem } from './problems.ts';

/** How many messages may be refused in one pass before no other is tried. */
const MAX_REFUSED = 25;
/** How long an alert that was refused waits: as long again as it has waited, within these bounds. */
const WAITS = { min: 5 * MINUTE, max: 6 * HOUR };
/** The longest wait where none was taken: SNS may refuse all, until someone has mended its topic or key. */
const MAX_WAIT_ALONE = 5 * MINUTE;

export interface SentAlerts {
  /** How many messages were sent. */
  readonly sent: number;
  readonly problems: readonly string[];
}

export const NOTHING_SENT: SentAlerts = { sent: 0, problems: [] };

/**
 * Sends the pending alerts, the oldest first: those of this pass, those of earlier ones that could not be sent, and those
 * that the functions of jobs have left. A few go one by one, as far as there are places in this minute; otherwise they go in
 * lists. What cannot be sent is left for the next pass; what is refused, for a later one, so that it keeps no other from going.
 */
export async function sendPendingAlerts(pass: Pass): Promise<SentAlerts> {
  const problems: string[] = [];
  const refused: PendingAlert[] = [];
  const messages = [...(await messagesFor(await readyAlerts(pass), pass))];
  let sent = 0;
  let refusals = 0;
  for (let message = messages.shift(); message !== undefined; message = messages.shift()) {
    const result = await send(message, pass);
    if (result.kind === 'sent') {
      sent += 1;
      await remove(message.pending, problems, pass);
      continue;
    }
    if (result.kind === 'failed') {
      problems.push(`an alert cannot be sent: ${String(result.error)}`);
      // One that does not answer is most likely not the only one, and a hanging call takes seconds of the pass.
      break;
    }
    const [only, ...others] = message.pending;
    if (others.length > 0) messages.unshift(...halvesOf(message, pass));
    else {
      refused.push(only);
      problems.push(`the alert ${only.id} is refused, and tried again later: ${String(result.error)}`);
    }
    refusals += 1;
    if (refusals >= MAX_REFUSED) break;
  }
  await postpone(refused, { isAlone: sent === 0, problems }, pass);
  return { sent, problems };
}

type Result = { readonly kind: 'sent' } | { readonly kind: 'refused' | 'failed'; readonly error: unknown };

async function send({ alert }: Message, { ports }: Pass): Promise<Result> {
  try {
    await ports.alert(alert);
    return { kind: 'sent' };
  } catch (error) {
    return { kind: isRefusal(error) ? 'refused' : 'failed', error };
  }
}

/** Whether SNS answers that the message is wrong, and may take another. https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
function isRefusal(error: unknown): boolean {
  const { $metadata } = error as { readonly $metadata?: { readonly httpStatusCode?: number } };
  return $metadata?.httpStatusCode === 400 || $metadata?.httpStatusCode === 413;
}

const remove = (pending: readonly PendingAlert[], problems: string[], { ports }: Pass) =>
  mapInBatches(pending, (each) =>
    // One that is left is sent once more, by the next pass.
    collectProblem(problems, `the alert ${each.id} cannot be removed`, () => ports.alerts.remove(each)),
  );

/** So they neither lead each pass nor make it fail. The store keeps them for as long as any other. */
const postpone = (
  refused: readonly PendingAlert[],
  { isAlone, problems }: { readonly isAlone: boolean; readonly problems: string[] },
  { ports }: Pass,
) =>
  mapInBatches(refused, (each) => {
    const now = ports.now();
    const max = isAlone ? MAX_WAIT_ALONE : WAITS.max;
    const wait = milliseconds(Math.min(Math.max(now - each.at, WAITS.min), max));
    return collectProblem(problems, `the alert ${each.id} cannot be postponed`, () =>
      ports.alerts.leave(each, plus(now, wait)),
    );
  });
