import type { AlertMessage } from '../job/context.ts';
import { toSnsMessage } from '../observe/sns-message.ts';
import { delayNotes, titleOf } from './layout.ts';
import { isList, type Notice } from './notice.ts';

/** A mail, as the topic of mails takes it. */
export function formatEmail(notice: Notice): AlertMessage {
  const body = [...delayLines(notice), notice.body].join('\n\n');
  const { Subject, Message } = toSnsMessage({ subject: titleOf(notice), body });
  return { subject: Subject, body: Message };
}

function delayLines(notice: Notice): readonly string[] {
  const { over, begun } = delayNotes(notice);
  const [isOver, hasBegun] = isList(notice.facts)
    ? ['over by now:', 'begun once more:']
    : ['it is over', 'it has begun once more'];
  return [
    ...(over === undefined ? [] : [`This mail was delayed: ${isOver} ${over}.`]),
    ...(begun === undefined ? [] : [`This mail was delayed: ${hasBegun} ${begun}.`]),
  ];
}
