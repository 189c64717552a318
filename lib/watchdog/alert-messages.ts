import type { Alert } from '../observe/alert.ts';
import { type PendingAlert, PLACES_A_MINUTE } from '../observe/alert-store.ts';
import { listAlerts, MAX_CAUSES } from './alert-list.ts';
import type { Pass } from './pass-context.ts';

/** Some pending alerts in one message. */
export interface Message {
  readonly alert: Alert;
  readonly pending: Some;
}

type Some = readonly [PendingAlert, ...PendingAlert[]];

/**
 * A few one by one, as far as there are places; otherwise in lists of up to {@link MAX_CAUSES} causes. One that is left alone
 * needs no place: it would be a list of one.
 */
export async function messagesFor(ready: readonly PendingAlert[], pass: Pass): Promise<readonly Message[]> {
  const { ports } = pass;
  const single = ready.length > PLACES_A_MINUTE ? [] : [...ready];
  const messages: Message[] = [];
  while (single.length > 1 && (await ports.alerts.takePlace(ports.now()))) {
    const next = single.shift();
    if (next !== undefined) messages.push(inOne([next], pass));
  }
  return [...messages, ...listsOf(ready.slice(messages.length)).map((list) => inOne(list, pass))];
}

/** The two halves of a list that was refused: of those that are not to blame, most are in the one that is taken. */
export function halvesOf({ pending }: Message, pass: Pass): readonly Message[] {
  const middle = Math.ceil(pending.length / 2);
  return [pending.slice(0, middle), pending.slice(middle)].flatMap(([first, ...others]) =>
    first === undefined ? [] : [inOne([first, ...others], pass)],
  );
}

/** In lists that every channel takes whole: a pager has an event for each cause. */
function listsOf(ready: readonly PendingAlert[]): readonly Some[] {
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

function inOne(pending: Some, { stage }: Pass): Message {
  const [only, ...others] = pending;
  if (others.length === 0) return { alert: only.alert, pending };
  const alerts = pending.map(({ alert }) => alert);
  return { alert: listAlerts(alerts, stage), pending };
}
