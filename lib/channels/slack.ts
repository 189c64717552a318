import { cut } from '../run/run-error.ts';
import { cutNote, layOut, shorterText } from './layout.ts';
import type { Notice } from './notice.ts';
import type { ChannelRequest } from './ports.ts';

/** https://docs.slack.dev/reference/block-kit/composition-objects/text-object */
const MAX_TEXT = 3000;
/** Of the characters of all blocks together, with what surrounds each: Slack documents none, and refuses some 13,200. */
const MAX_MESSAGE = 12_000;
const BLOCK = JSON.stringify(section('')).length;
/** What is beside the text keeps within these, so that a text always has room. */
const MAX_TITLE = 300;
const MAX_HEADING = 1500;
const MAX_FIELD = 500;
const MAX_COMMAND = 1000;
const MAX_LINKS = 2500;

/** A message for an incoming webhook of Slack. */
export function formatSlack(notice: Notice, { url }: { readonly url: string }): ChannelRequest {
  const { isOver, title, fields, links, command } = layOut(notice);
  const sign = isOver ? ':white_check_mark:' : ':red_circle:';
  const heading = `${sign} ${cutEscaped(inline(title, MAX_TITLE), MAX_HEADING)}`;
  const below = [
    {
      type: 'section',
      fields: fields.map(({ label, value }) => mrkdwn(`*${label}*\n${code(value, MAX_FIELD)}`)),
    },
    ...(command === undefined ? [] : [section(code(command, MAX_COMMAND))]),
    ...(links.length === 0 ? [] : [section(cutLinks(links.map(link)))]),
  ];
  const room = MAX_MESSAGE - JSON.stringify([section(heading), ...below]).length;
  const blocks = [section(heading), ...textBlocks(notice, room).map(section), ...below];
  const body = { text: heading, blocks, unfurl_links: false, unfurl_media: false };
  return { url, body: JSON.stringify(body) };
}

/** The text as far as there is room. Of a list whose texts are too long, what each of its alerts is about. */
function textBlocks(notice: Notice, room: number): readonly string[] {
  const all = codeBlocks(layOut(notice).text, room);
  if (!all.isCut) return all.blocks;
  const shorter = shorterText(notice);
  if (shorter === undefined) return [...all.blocks, cutNote('text', 'Slack')];
  const { blocks, isCut } = codeBlocks(shorter, room);
  return [...blocks, cutNote(isCut ? 'some names' : 'names', 'Slack')];
}

function mrkdwn(text: string) {
  return { type: 'mrkdwn', text };
}

function section(text: string) {
  return { type: 'section', text: mrkdwn(text) };
}

/** Slack's three control characters. https://docs.slack.dev/messaging/formatting-message-text#escaping */
const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const escaped = (text: string): string => text.replaceAll(/[&<>]/g, (sign) => ESCAPES[sign] ?? sign);

/** Nothing escapes a backtick in Slack: the one that looks most like it takes its place, and no text ends its code early. */
const quoted = (text: string): string => escaped(text.replaceAll('`', '\u02cb'));

/** A text on one line, in which nothing is formatted. */
const inline = (text: string, max: number): string =>
  quoted(cut(oneLine(text), max)).replaceAll(/[*_~]/g, (sign) => `\u200b${sign}\u200b`);

const code = (text: string, max: number): string => `\`${cutEscaped(quoted(oneLine(text)) || '-', max)}\``;

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();

const FENCE = '```\n\n```';
/** For the sentence that says that a text is cut. */
const CUT_ROOM = BLOCK + 200;

/** A text as blocks of code, cut at lines where there are any, as far as there is room. */
function codeBlocks(text: string, room: number): { readonly blocks: readonly string[]; readonly isCut: boolean } {
  if (text === '') return { blocks: [], isCut: false };
  const max = MAX_TEXT - FENCE.length;
  const blocks: string[] = [''];
  let left = room - CUT_ROOM - BLOCK - FENCE.length;
  let isCut = false;
  for (const line of text.split('\n').flatMap((each) => split(quoted(each), max))) {
    const last = blocks.at(-1) ?? '';
    const joined = last === '' ? line : `${last}\n${line}`;
    const isNew = joined.length > max;
    left -= inJson(isNew ? line : joined.slice(last.length)) + (isNew ? BLOCK + FENCE.length : 0);
    if (left < 0) {
      isCut = true;
      break;
    }
    if (isNew) blocks.push(line);
    else blocks[blocks.length - 1] = joined;
  }
  return { blocks: blocks.map((block) => `\`\`\`\n${block || ' '}\n\`\`\``), isCut };
}

/** How many characters it has in a message. */
const inJson = (text: string): number => JSON.stringify(text).length - 2;

/** Pieces of at most `max` characters. Neither an escape nor a pair of surrogates is cut in two. */
function split(text: string, max: number): readonly string[] {
  if (text.length <= max) return [text];
  const pieces = [''];
  for (const [sign] of text.matchAll(/&(?:amp|lt|gt);|[\s\S]/gu)) {
    const last = pieces.at(-1) ?? '';
    if (last.length + sign.length <= max) pieces[pieces.length - 1] = last + sign;
    else pieces.push(sign);
  }
  return pieces;
}

const cutEscaped = (escaped: string, max: number): string =>
  escaped.length <= max ? escaped : `${split(escaped, max - 1)[0]}…`;

const link = ({ label, url }: { readonly label: string; readonly url: string }): string =>
  `<${escaped(url).replaceAll('|', '%7C')}|${inline(label, 100).replaceAll('|', '/')}>`;

/** Half a link would be none. */
function cutLinks(links: readonly string[]): string {
  let text = '';
  for (const each of links) if (text.length + each.length + 3 <= MAX_LINKS) text += text === '' ? each : ` · ${each}`;
  return text || 'The links are too long for Slack.';
}
