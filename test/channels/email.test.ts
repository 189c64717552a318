import { expect, test } from 'vitest';
import { formatEmail } from '../../lib/channels/email.ts';
import { epochMs } from '../../lib/units.ts';
import { notice, textNotice } from './notices.ts';

test('a mail has the subject and the text of its alert', () => {
  const { subject, body } = notice();

  expect(formatEmail(notice())).toEqual({ subject, body });
});

test.each([
  ['größer than Ærø …', 'großer than ?r? ...'.replace('ß', '?')],
  ['two\nlines\tand\u0000more', 'two lines and more'],
  ['👩 日本', '? ??'],
  ['', '-'],
  ['  \n ', '-'],
  ['x'.repeat(99), 'x'.repeat(99)],
  ['x'.repeat(100), `${'x'.repeat(96)}...`],
  ['…'.repeat(60), `${'.'.repeat(99)}`],
])('the subject %j becomes %j', (subject, expected) => {
  expect(formatEmail(textNotice('text', subject)).subject).toBe(expected);
});

test.each(['x', 'ä', '日', '👩'])('a text in %s keeps within 256 KB, and is cut between characters', (sign) => {
  const { body } = formatEmail(textNotice(sign.repeat(300_000)));

  expect(Buffer.byteLength(body)).toBeLessThanOrEqual(256 * 1024 - 1000);
  expect(body).not.toContain('\ufffd');
  expect(body).toMatch(/Cut here: SNS takes no more\.$/);
});

test('a text of up to 240 KB is not cut', () => {
  const text = 'x'.repeat(240 * 1024);

  expect(formatEmail(textNotice(text)).body).toBe(text);
});

test('a mail is never empty', () => {
  expect(formatEmail(textNotice('')).body).toBe('-');
});

test('a delayed mail says that it is over by now', () => {
  expect(formatEmail(notice({ overSince: epochMs(Date.parse('2027-03-02T01:30:00Z')) })).body).toMatch(
    /^This mail was delayed: it is over since 2027-03-02 01:30 UTC\.\n\n\[prod\]/,
  );
});

test('a delayed mail about an end says that it has begun once more', () => {
  const begunSince = epochMs(Date.parse('2027-03-02T01:30:00Z'));

  const { subject, body } = formatEmail(notice({ facts: { isOver: true }, begunSince }));

  expect(subject).toMatch(/^\[prod\] delayed: /);
  expect(body).toMatch(/^This mail was delayed: it has begun once more since 2027-03-02 01:30 UTC\.\n\n\[prod\]/);
});
