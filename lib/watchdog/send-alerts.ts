import type { Alert } from '../observe/alert.ts';
import { type PendingAlert, PLACES_A_MINUTE } from '../observe/alert-store.ts';
import { listAlerts, MAX_CAUSES } from './alert-list.ts';
import { mapInBatches } from './batches.ts';
import type { Pass } from './pass-context.ts';
import { readyAlerts } from './pending-alerts.ts';
import { collectProblem } from './problems.ts';

export interface SentAlerts {
  /** How many messages were sent. */
  readonly sent: number;
  readonly problems: readonly string[];
}

export const NOTHING_SENT: SentAlerts = { sent: 0, problems: [] };

/**
 * Sends the pending alerts, the oldest first: those of this pass, those of earlier ones that could not be sent, and those
 * that the functions of jobs have left. A few go one by one, as far as there are places in this minute; otherwise they go in
 * lists of up to {@link MAX_CAUSES} causes. What cannot be sent is left for the next pass.
 */
export async function sendPendingAlerts(pass: Pass): Promise<SentAlerts> {
  const problems: string[] = [];
  let sent = 0;
  for (const { alert, pending } of await messagesFor(await readyAlerts(pass), pass)) {
    const send = () => pass.ports.alert(alert);
    // One that is refused is most likely not the only one, and a hanging call takes seconds of the pass.
    if (!(await collectProblem(problems, 'an alert cannot be sent', send))) break;
    sent += 1;
    await mapInBatches(pending, (each) =>
      // One that is left is sent once more, by the next pass.
      collectProblem(problems, `the alert ${each.id} cannot be removed`, () => pass.ports.alerts.remove(each)),
    );
  }
  return { sent, problems };
}

interface Message {
  readonly alert: Alert;
  readonly pending: readonly PendingAlert[];
}

/** One that is left alone needs no place: it would be a list of one. */
async function messagesFor(ready: readonly PendingAlert[], { ports, stage }: Pass): Promise<readonly Message[]> {
  const single = ready.length > PLACES_A_MINUTE ? [] : [...ready];
  const messages: Message[] = [];
  while (single.length > 1 && (await ports.alerts.takePlace(ports.now()))) {
    const next = single.shift();
    if (next !== undefined) messages.push({ alert: next.alert, pending: [next] });
  }
  return [
    ...messages,
    ...listsOf(ready.slice(messages.length)).map((pending) => ({ alert: inOne(pending, stage), pending })),
  ];
}

/** In lists that every channel takes whole: a pager has an event for each cause. */
function listsOf(ready: readonly PendingAlert[]): readonly (readonly [PendingAlert, ...PendingAlert[]])[] {
  const lists: [PendingAlert, ...PendingAlert[]][] = [];
  let causes = MAX_CAUSES;
  for (const each of ready) {
    const own = causesIn(each);
    const list = lists.at(-1);
    causes += own;
    if (list !== undefined && causes <= MAX_CAUSES) list.push(each);
    else {
      lists.push([each]);
      causes = own;
    }
  }
  return lists;
}

const causesIn = ({ alert }: PendingAlert): number => alert.facts.each?.length ?? 1;

const inOne = ([only, ...others]: readonly [PendingAlert, ...PendingAlert[]], stage: string): Alert =>
  others.length === 0
    ? only.alert
    : listAlerts(
        [only, ...others].map(({ alert }) => alert),
        stage,
      );
