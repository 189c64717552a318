import type { AlertMessage } from '../job/context.ts';
import { toSnsMessage } from '../observe/sns-message.ts';
import { instantText, type Notice } from './notice.ts';

/** A mail, as the topic of mails takes it. */
export function formatEmail({ subject, body, overSince }: Notice): AlertMessage {
  const delayed = overSince && `This mail was delayed: it is over since ${instantText(overSince)}.\n\n`;
  const { Subject, Message } = toSnsMessage({ subject, body: `${delayed ?? ''}${body}` });
  return { subject: Subject, body: Message };
}
