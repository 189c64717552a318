import { cut } from '../run/run-error.ts';
import { layOut } from './layout.ts';
import type { Notice } from './notice.ts';
import type { ChannelRequest } from './ports.ts';

/** https://docs.slack.dev/reference/block-kit/composition-objects/text-object */
const MAX_TEXT = 3000;
/** https://docs.slack.dev/reference/block-kit/blocks/section-block */
const MAX_FIELD = 2000;
/** https://docs.slack.dev/reference/block-kit/blocks: 50 a message. The rest is for the parts beside the text. */
const MAX_TEXT_BLOCKS = 40;
/** A title longer than this is a text. */
const MAX_TITLE = 300;

/** A message for an incoming webhook of Slack. */
export function formatSlack(notice: Notice, { url }: { readonly url: string }): ChannelRequest {
  const { isOver, title, text, fields, links, command } = layOut(notice);
  const heading = `${isOver ? ':white_check_mark:' : ':red_circle:'} ${inline(title, MAX_TITLE)}`;
  const blocks = [
    section(heading),
    ...codeBlocks(text).map(section),
    {
      type: 'section',
      fields: fields.map(({ label, value }) => mrkdwn(`*${label}*\n${code(value, MAX_FIELD - 100)}`)),
    },
    ...(command === undefined ? [] : [section(code(command, MAX_TEXT - 100))]),
    ...(links.length === 0 ? [] : [section(cutLinks(links.map(link)))]),
  ];
  const body = { text: heading, blocks, unfurl_links: false, unfurl_media: false };
  return { url, body: JSON.stringify(body) };
}

const mrkdwn = (text: string) => ({ type: 'mrkdwn', text });
const section = (text: string) => ({ type: 'section', text: mrkdwn(text) });

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

/** A text of any length as blocks of code, cut at lines where there are any. What is more than a message takes is left out. */
function codeBlocks(text: string): readonly string[] {
  if (text === '') return [];
  const max = MAX_TEXT - '```\n\n```'.length;
  const blocks: string[] = [''];
  for (const line of text.split('\n').flatMap((each) => split(quoted(each), max))) {
    const last = blocks.at(-1) ?? '';
    const joined = last === '' ? line : `${last}\n${line}`;
    if (joined.length <= max) blocks[blocks.length - 1] = joined;
    else blocks.push(line);
  }
  const kept = blocks.slice(0, MAX_TEXT_BLOCKS).map((block) => `\`\`\`\n${block || ' '}\n\`\`\``);
  return blocks.length > MAX_TEXT_BLOCKS ? [...kept, 'The text goes on: it is too long for Slack.'] : kept;
}

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
  for (const each of links) if (text.length + each.length + 3 <= MAX_TEXT) text += text === '' ? each : ` · ${each}`;
  return text || 'The links are too long for Slack.';
}
