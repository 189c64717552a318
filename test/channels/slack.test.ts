import { expect, test } from 'vitest';
import type { Notice } from '../../lib/channels/notice.ts';
import { formatSlack } from '../../lib/channels/slack.ts';
import { epochMs } from '../../lib/units.ts';
import { FAILED_AT, notice, textNotice } from './notices.ts';

const URL_OF_HOOK = 'https://hooks.slack.com/services/T/B/x';

interface Block {
  readonly type: string;
  readonly text?: { readonly type: string; readonly text: string };
  readonly fields?: readonly { readonly type: string; readonly text: string }[];
}

function messageOf(about: Notice): { text: string; blocks: readonly Block[] } {
  const { url, body } = formatSlack(about, { url: URL_OF_HOOK });
  expect(url).toBe(URL_OF_HOOK);
  return JSON.parse(body);
}

const textsOf = ({ blocks }: { blocks: readonly Block[] }): readonly string[] =>
  blocks.flatMap(({ text, fields = [] }) =>
    [...(text === undefined ? [] : [text]), ...fields].map((each) => each.text),
  );

/** What Slack would show of the code blocks. */
const shownCode = (about: Notice): string =>
  textsOf(messageOf(about))
    .flatMap((text) => /^```\n([\s\S]*)\n```$/.exec(text)?.[1] ?? [])
    .join('\n')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');

test('a message says what failed, which run, since when, why and where, how often, and what shows it', () => {
  const { text, blocks } = messageOf(notice());

  expect(text).toBe(':red_circle: [prod] report failed: TypeError: no connection');
  expect(textsOf({ blocks })).toEqual([
    text,
    '```\nTypeError: no connection\nat functions/report.ts:12:9\n```',
    '*Job*\n`report`',
    '*Run*\n`report/2027-03-02T01:00Z/nightly`',
    '*Since*\n`2027-03-02 01:00 UTC`',
    '*Attempts*\n`3`',
    "`npm run belfry -- show 'report/2027-03-02T01:00Z/nightly' --stage prod`",
    '<https://eu-north-1.console.aws.amazon.com/cloudwatch/home?region=eu-north-1#a&amp;b|Log lines>',
  ]);
});

test('a message that says that it is over looks otherwise', () => {
  expect(messageOf(notice({ facts: { isOver: true } })).text).toMatch(/^:white_check_mark: /);
});

test('a delayed message says that it is over by now', () => {
  const { blocks } = messageOf(notice({ overSince: epochMs(Date.parse('2027-03-02T01:30:00Z')) }));

  expect(textsOf({ blocks })).toContain('*Over*\n`since 2027-03-02 01:30 UTC: this message was delayed`');
});

test('an alert without an error shows its text, without repeating the title', () => {
  expect(shownCode(textNotice('a subject\n\nthe rest\nof it'))).toBe('the rest\nof it');
  expect(shownCode(textNotice('something else', 'a subject'))).toBe('something else');
});

test('a list of alerts shows its text, and no facts that are about one of them only', () => {
  const about = notice({ subject: '[prod] 40 alerts: a; b', body: 'report failed\ninvoice failed' });
  const facts = { ...about.facts, each: [about.facts, { ...about.facts, story: 'failed:invoice' }] };

  expect(shownCode({ ...about, facts })).toBe('report failed\ninvoice failed');
  expect(textsOf(messageOf({ ...about, facts }))).toHaveLength(2);
});

test('nothing in a text mentions anybody, links anywhere or ends its code', () => {
  const error = 'Error: <!channel> <https://evil.example|click> & ```*bold*```';

  const texts = textsOf(messageOf(notice({ subject: `failed: ${error}`, facts: { error } })));

  for (const text of texts.slice(0, 2)) {
    expect(text).not.toMatch(/<!|<https/);
    expect(text.replace(/^```\n|\n```$/g, '')).not.toContain('`');
  }
  expect(texts[1]).toContain('&lt;!channel&gt; &lt;https://evil.example|click&gt; &amp; ');
});

/** How many characters of a message Slack counts at most. */
const sizeOf = (about: Notice): number => JSON.stringify(messageOf(about).blocks).length;

test.each(['a', '<', '&', '👩', 'ä', '"'])(
  'a text of any length in %s keeps within 3,000 characters a block and 12,000 in all',
  (sign) => {
    const inMessage = JSON.stringify(sign.replace('<', '&lt;').replace('&', '&amp;')).length - 2;
    for (const length of [1, 2991, 2992, 2993, 3000, 9001, 60_000]) {
      const about = textNotice(sign.repeat(length), 'x');
      const shown = shownCode(about).replaceAll('\n', '');

      expect(Math.max(...textsOf(messageOf(about)).map((text) => text.length))).toBeLessThanOrEqual(3000);
      expect(sizeOf(about)).toBeLessThanOrEqual(12_000);
      expect(sign.repeat(length).startsWith(shown)).toBe(true);
      const isWhole = shown.length === sign.length * length;
      expect(isWhole || textsOf(messageOf(about)).some((text) => text.startsWith('The text goes on'))).toBe(true);
      if (length * inMessage <= 11_000) expect(isWhole).toBe(true);
    }
  },
);

test('a text is cut at its lines', () => {
  const lines = Array.from({ length: 300 }, (_, index) => `line ${index} ${'x'.repeat(20)}`);

  expect(shownCode(textNotice(lines.join('\n'), 'y')).split('\n')).toEqual(lines);
});

test.each(['x'.repeat(250_000), 'x\n'.repeat(100_000)])(
  'a message has at most 50 blocks, and says that its text goes on',
  (long) => {
    const { blocks } = messageOf(textNotice(long, 'y'));

    expect(blocks.length).toBeLessThanOrEqual(50);
    expect(textsOf({ blocks })).toContain(
      'The text goes on: Slack takes no more. `belfry show` of a run has its error in full.',
    );
  },
);

test('a message whose every part is as long as can be keeps within 12,000 characters, and has text', () => {
  const long = '&"<_`'.repeat(2000);
  const links = Array.from({ length: 20 }, () => ({ label: long, url: `https://x.example/${'a'.repeat(1000)}` }));
  const facts = { job: long, run: long, attempts: 3, command: long, links, error: long };
  const about = notice({ subject: long, facts, overSince: FAILED_AT, begunSince: FAILED_AT });

  expect(sizeOf(about)).toBeLessThanOrEqual(12_000);
  expect(shownCode(about).length).toBeGreaterThan(100);
});

test('long names, commands and links keep within the limits of their blocks', () => {
  const long = '&'.repeat(5000);
  const links = [
    { label: long, url: `https://x.example/${'a'.repeat(1500)}` },
    { label: 'b', url: `https://x/${'a'.repeat(3500)}` },
  ];

  const { blocks } = messageOf(notice({ subject: long, facts: { job: long, run: long, command: long, links } }));

  for (const { text, fields = [] } of blocks) {
    expect(text?.text.length ?? 0).toBeLessThanOrEqual(3000);
    for (const field of fields) expect(field.text.length).toBeLessThanOrEqual(2000);
  }
});

test('a link that is no page is left out', () => {
  const links = [{ label: 'x', url: 'javascript:alert(1)' }];

  expect(textsOf(messageOf(notice({ facts: { links } }))).join()).not.toContain('javascript');
});
