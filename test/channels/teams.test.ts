import { expect, test } from 'vitest';
import type { Notice } from '../../lib/channels/notice.ts';
import { formatTeams } from '../../lib/channels/teams.ts';
import { notice, textNotice } from './notices.ts';

const url = 'https://prod-1.westeurope.logic.azure.com/workflows/1';

function cardOf(about: Notice) {
  const message = JSON.parse(formatTeams(about, { url }).body);
  const [{ contentType, content }] = message.attachments;
  expect(message.type).toBe('message');
  expect(contentType).toBe('application/vnd.microsoft.card.adaptive');
  return content as {
    type: string;
    version: string;
    body: readonly { type: string; inlines: readonly { type: string; text: string }[] }[];
    actions: readonly object[];
  };
}

const linesOf = (about: Notice): readonly string[] =>
  cardOf(about).body.map(({ inlines }) => inlines.map(({ text }) => text).join(''));

test('a card says what failed, which run, since when, why and where, how often, and what shows it', () => {
  expect(linesOf(notice())).toEqual([
    '🔴 [prod] report failed: TypeError: no connection',
    'TypeError: no connection',
    'at functions/report.ts:12:9',
    'Job: report',
    'Run: report/2027-03-02T01:00Z/nightly',
    'Since: 2027-03-02 01:00 UTC',
    'Attempts: 3',
    "npm run belfry -- show 'report/2027-03-02T01:00Z/nightly' --stage prod",
  ]);
  expect(cardOf(notice()).actions).toEqual([
    {
      type: 'Action.OpenUrl',
      title: 'Log lines',
      url: 'https://eu-north-1.console.aws.amazon.com/cloudwatch/home?region=eu-north-1#a&b',
    },
  ]);
});

test('a text is no Markdown: it is in runs of text, which have none', () => {
  const body = cardOf(notice({ subject: '[click](https://evil.example) **now**', facts: { error: '# big' } })).body;

  expect(new Set(body.map(({ type }) => type))).toEqual(new Set(['RichTextBlock']));
  expect(new Set(body.flatMap(({ inlines }) => inlines.map(({ type }) => type)))).toEqual(new Set(['TextRun']));
});

test('what is over looks otherwise', () => {
  expect(linesOf(notice({ facts: { isOver: true } }))[0]).toMatch(/^✅ /);
});

test.each(['x', 'ä', '👩', '"', '\n', 'line\n'])('a text in %j of any length keeps within 28 KB', (sign) => {
  const { body } = formatTeams(textNotice(sign.repeat(100_000), 'y'), { url });

  expect(Buffer.byteLength(body)).toBeLessThanOrEqual(28 * 1024);
});

test('a text that does not fit says so', () => {
  expect(linesOf(textNotice('x'.repeat(30_000), 'y'))).toContain(
    'The text goes on: Teams takes no more. `belfry show` of a run has its error in full.',
  );
});

test('a text that fits is not cut', () => {
  const line = 'x'.repeat(15_000);

  expect(linesOf(textNotice(line, 'y'))).toContain(line);
});

test('long names and links keep within 28 KB', () => {
  const long = 'ä'.repeat(10_000);
  const links = Array.from({ length: 20 }, () => ({ label: long, url: `https://x.example/${'a'.repeat(1900)}` }));
  const about = notice({ subject: long, facts: { job: long, run: long, command: long, error: long, links } });

  expect(Buffer.byteLength(formatTeams(about, { url }).body)).toBeLessThanOrEqual(28 * 1024);
});
