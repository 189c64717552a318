import type { AlertMessage } from '../job/context.ts';
import { instantText, type Notice } from './notice.ts';

/** Less than 100 characters, all of ASCII, no control characters. https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
const MAX_SUBJECT = 99;
/** 256 KB, in bytes, for all of a message. */
const MAX_BODY = 255 * 1024;
const CUT = '\n\nThe text goes on: it is too long for a mail.';

/** A mail, as the topic of mails takes it. */
export function formatEmail({ subject, body, overSince }: Notice): AlertMessage {
  const delayed = overSince && `This mail was delayed: it is over since ${instantText(overSince)}.\n\n`;
  return { subject: asciiLine(subject), body: cutBytes(`${delayed ?? ''}${body}`) || '-' };
}

/** Letters without their accents; a question mark for what has no letter of ASCII. */
function asciiLine(text: string): string {
  const line = text
    .replaceAll('…', '...')
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .replaceAll(/[^ -~]/gu, '?')
    .trim();
  return (line.length > MAX_SUBJECT ? `${line.slice(0, MAX_SUBJECT - 3)}...` : line) || '-';
}

function cutBytes(text: string): string {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length <= MAX_BODY) return text;
  // What is left of a character that is cut in two is taken off.
  const kept = new TextDecoder().decode(bytes.subarray(0, MAX_BODY - CUT.length)).replace(/\ufffd+$/, '');
  return `${kept}${CUT}`;
}
