import { describe, expect, test } from 'vitest';
import { MAX_BODY, toSnsMessage } from '../../lib/observe/sns-message.ts';
import { Random } from '../support/simulation/random.ts';

const bytesIn = (text: string): number => new TextEncoder().encode(text).length;
const bodyOf = (body: string): string => toSnsMessage({ subject: 'subject', body }).Message;
const subjectOf = (subject: string): string => toSnsMessage({ subject, body: 'body' }).Subject;

describe('the body of an alert', () => {
  test.each(['short', 'two\nlines\tand columns', '', 'naïve – “quoted” …', '🚀'])('stays what it is: %j', (body) => {
    expect(bodyOf(body)).toBe(body || '-');
  });

  test.each([
    ['a', 1],
    ['ö', 2],
    ['€', 3],
    ['🚀', 4],
  ])('that is too long in bytes is cut between characters, and says so: of %s', (character, size) => {
    const body = bodyOf(character.repeat(400_000));

    expect(bytesIn(body)).toBeLessThanOrEqual(MAX_BODY);
    expect(bytesIn(body)).toBeGreaterThan(MAX_BODY - size);
    expect(body.endsWith(`${character}\n\nCut here: SNS takes no more.`)).toBe(true);
    expect(body).not.toContain('\ufffd');
  });

  test('may have as many bytes as are allowed', () => {
    expect(bodyOf('x'.repeat(MAX_BODY))).toBe('x'.repeat(MAX_BODY));
  });

  test('has no half of a character, which no encoding has', () => {
    expect(bodyOf('a\ud800b')).toBe('a\ufffdb');
  });
});

describe('the subject of an alert', () => {
  test.each([
    ['[prod] report failed: TypeError: …', '[prod] report failed: TypeError: ...'],
    ['naïve café – 5 €', 'naive cafe ? 5 ?'],
    ['two\nlines\tand columns', 'two lines and columns'],
    ['日本語 failed', '??? failed'],
    ['   ', '-'],
    ['', '-'],
  ])('is one line of ASCII: %j', (subject, line) => {
    expect(subjectOf(subject)).toBe(line);
  });

  test.each(['x'.repeat(200), '…'.repeat(99), `${'x'.repeat(98)}…`])('has at most 99 characters: %j', (subject) => {
    expect(subjectOf(subject).length).toBeLessThanOrEqual(99);
    expect(subjectOf(subject)).toMatch(/\.\.\.$/);
  });
});

test('whatever an alert holds, SNS can take it', () => {
  const random = new Random(1);
  for (let round = 0; round < 500; round++) {
    const text = Array.from({ length: random.integer(0, 300) }, () =>
      random.chance(0.5)
        ? String.fromCharCode(random.integer(0, 0xffff))
        : String.fromCodePoint(random.integer(0x10000, 0x10ffff)),
    ).join('');

    const { Subject, Message } = toSnsMessage({ subject: text, body: text });

    expect(Subject).toMatch(/^[!-~][ -~]{0,98}$/);
    expect(() => encodeURIComponent(Message)).not.toThrow();
    expect(Message.length).toBeGreaterThan(0);
  }
});

test.each<[string, unknown]>([
  ['no texts', {}],
  ['numbers', { subject: 1, body: 2 }],
  ['objects', { subject: { a: 1 }, body: [1, 2] }],
])('an alert of %s does not throw', (_what, message) => {
  const { Subject, Message } = toSnsMessage(message as never);

  expect([typeof Subject, typeof Message]).toEqual(['string', 'string']);
});
