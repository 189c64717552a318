import type { AlertMessage } from '../job/context.ts';
import { LONGEST_SUBJECT } from './failure-alert.ts';

/**
 * How many bytes of text an alert has at most: SNS takes 256 KB with all attributes.
 * https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
 */
export const MAX_BODY = 240 * 1024;
const CUT = '\n\nCut here: SNS takes no more.';

/**
 * An alert as SNS takes it, whatever a job has put into it. AWS's pages do not agree on whether a subject may have other
 * characters than ASCII's, so accents are left out, `…` becomes three dots, and what is left a question mark.
 */
export function toSnsMessage({ subject, body }: AlertMessage): { readonly Subject: string; readonly Message: string } {
  const line = `${subject}`
    .normalize('NFKD')
    .replaceAll(/[\u0300-\u036f]+/g, '')
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .replaceAll(/[^ -~]/gu, '?')
    .trim();
  return {
    Subject: (line.length > LONGEST_SUBJECT ? `${line.slice(0, LONGEST_SUBJECT - 3)}...` : line) || '-',
    Message: cutBytes(`${body}`) || '-',
  };
}

/** Cuts between characters: as part of a stream, one that is halved is left out. Half a character in it becomes `\ufffd`. */
function cutBytes(text: string): string {
  const bytes = new TextEncoder().encode(text);
  const end = bytes.length > MAX_BODY ? CUT : '';
  return new TextDecoder().decode(bytes.subarray(0, MAX_BODY - end.length), { stream: true }) + end;
}
