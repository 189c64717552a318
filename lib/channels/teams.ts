import { cut } from '../run/run-error.ts';
import { cutNote, layOut, shorterText } from './layout.ts';
import type { Notice } from './notice.ts';
import type { ChannelRequest } from './ports.ts';

/**
 * 28 KB a message, in bytes, with all that surrounds the card.
 * https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using
 */
const MAX_BYTES = 28 * 1024;
const MAX_TITLE = 300;
const MAX_VALUE = 1000;
const MAX_LINKS = 4;
const MAX_URL = 2000;
/** No card has more text than this; of what is in characters of several bytes, less. */
const MAX_CHARACTERS = 20_000;

/**
 * An adaptive card for a workflow that starts "when a Teams webhook request is received".
 * https://learn.microsoft.com/en-us/connectors/teams/#microsoft-teams-webhook
 */
export function formatTeams(notice: Notice, { url }: { readonly url: string }): ChannelRequest {
  const { text } = layOut(notice);
  const whole = card(notice, text);
  if (text.length <= MAX_CHARACTERS && byteLength(whole) <= MAX_BYTES) return { url, body: whole };
  const shorter = shorterText(notice);
  if (shorter === undefined) return { url, body: cutCard(notice, text, 'text') };
  const names = card(notice, withNote(shorter, 'names'));
  return { url, body: byteLength(names) <= MAX_BYTES ? names : cutCard(notice, shorter, 'some names') };
}

/** With as much of a text as there is room for. */
function cutCard(notice: Notice, text: string, shown: 'text' | 'some names'): string {
  let length = Math.min(text.length, MAX_CHARACTERS);
  let body = card(notice, withNote(cut(text, length), shown));
  while (byteLength(body) > MAX_BYTES && length > 0) {
    length = Math.floor(length * 0.8);
    body = card(notice, withNote(cut(text, length), shown));
  }
  return body;
}

const withNote = (text: string, shown: Parameters<typeof cutNote>[0]): string => `${text}\n${cutNote(shown, 'Teams')}`;

const byteLength = (text: string): number => new TextEncoder().encode(text).length;

function card(notice: Notice, text: string): string {
  const { isOver, title, fields, links, command } = layOut(notice);
  const lines = text === '' ? [] : text.split('\n');
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    msteams: { width: 'Full' },
    body: [
      plain(`${isOver ? '✅' : '🔴'} ${cut(title, MAX_TITLE)}`, { weight: 'Bolder', size: 'Medium' }),
      ...lines.map((line) => plain(line || ' ', { fontType: 'Monospace' })),
      ...fields.map(({ label, value }) => plain(`${label}: ${cut(value, MAX_VALUE)}`)),
      ...(command === undefined ? [] : [plain(cut(command, MAX_VALUE), { fontType: 'Monospace' })]),
    ],
    actions: links
      .filter(({ url }) => url.length <= MAX_URL)
      .slice(0, MAX_LINKS)
      .map(({ label, url }) => ({ type: 'Action.OpenUrl', title: cut(label, 100), url })),
  };
  const attachment = { contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content };
  return JSON.stringify({ type: 'message', attachments: [attachment] });
}

/** A run of text is shown as it is; a TextBlock would read Markdown in it. https://adaptivecards.io/explorer/TextRun.html */
const plain = (text: string, style: Readonly<Record<string, string>> = {}) => ({
  type: 'RichTextBlock',
  inlines: [{ type: 'TextRun', text, ...style }],
});
