import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InvalidExpressionError, readEventBridge, readWhen, type When } from '../../lib/cron/index.ts';
import { frequentCron, midnightCron, midnightEventBridge } from './expressions.ts';
import { ALL_ZONES } from './zones.ts';

/** Whatever is written, it is read or refused, and a refusal points into what was written. */

const anything = fc.oneof(
  fc.string({ maxLength: 60 }),
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
);

/** Text in the letters of the grammars, most of it nearly right. */
const nearly = fc
  .array(
    fc.constantFrom(
      ...'0123456789*/,-?LW#~@() \t',
      ...[
        'cron(',
        'at(',
        'rate(',
        ')',
        'MON',
        'fri',
        'SUN-',
        'JAN',
        '* * * * *',
        ' ? *',
        ' * *',
        '2027-',
        'T02:00',
        ':00',
      ],
      ...['99999999999999999999', '@daily', 'ſun', '٣', '\u2028', '\u0000'],
    ),
    { maxLength: 14 },
  )
  .map((pieces) => pieces.join(''));

/** A well-formed expression with a letter or two of it overwritten. */
const damaged = fc
  .tuple(fc.oneof(frequentCron, midnightCron, midnightEventBridge), fc.nat(), fc.nat(2), nearly)
  .map(([expression, place, length, text]) => {
    const start = place % (expression.length + 1);
    return expression.slice(0, start) + text.slice(0, length) + expression.slice(start + length);
  });

const written = fc.oneof(anything, nearly, damaged);

let refused = 0;
let accepted = 0;

function expectReadOrRefused(text: string, read: () => unknown): void {
  try {
    read();
    accepted++;
  } catch (error) {
    if (!(error instanceof InvalidExpressionError)) throw error;
    refused++;
    const { offset, length, expression, message, problem } = error;
    expect(expression).toBe(text);
    expect(offset).toBeGreaterThanOrEqual(0);
    expect(offset + length).toBeLessThanOrEqual(text.length);
    const [line = '', carets = '', ...surplus] = message.split('\n');
    expect(surplus).toEqual([]);
    expect(line).toContain(problem);
    // The quoted text begins after the label; what is missing has its caret behind the text's end.
    const opening = line.indexOf('"') + 1;
    expect(carets).toBe(' '.repeat(opening + offset) + '^'.repeat(Math.max(1, length)));
  }
}

test('any text is read or refused at its place, whatever it was written as', () => {
  const property = fc.property(written, (text) => {
    expectReadOrRefused(text, () => readWhen({ cron: text }, 'Europe/Berlin'));
    expectReadOrRefused(text, () => readWhen({ at: text }, 'Europe/Berlin'));
    expectReadOrRefused(text, () => readWhen({ every: text } as unknown as When, 'UTC'));
    expectReadOrRefused(text, () => readEventBridge(text, 'Europe/Berlin'));
  });

  fc.assert(property, { numRuns: 3000 });

  // biome-ignore lint/suspicious/noConsole: how much was tried is worth as much as that nothing broke
  console.log(`arbitrary texts: ${refused} refused at their place, ${accepted} read`);
  expect(refused).toBeGreaterThanOrEqual(10_000);
  expect(accepted).toBeGreaterThanOrEqual(200);
});

test('any name of a time zone is known or refused', () => {
  const name = fc.oneof(
    anything,
    fc.tuple(fc.constantFrom(...ALL_ZONES), fc.nat(), fc.string({ maxLength: 1 })).map(([zone, place, letter]) => {
      const start = place % zone.length;
      return zone.slice(0, start) + letter + zone.slice(start + 1);
    }),
  );
  const property = fc.property(name, (text) => expectReadOrRefused(text, () => readWhen({ cron: '0 2 * * *' }, text)));

  fc.assert(property, { numRuns: 300 });
});

test('any month, day and time that is written as at is read, or refused at its place', () => {
  const pad = (value: number, length: number) => String(value).padStart(length, '0');
  const parts = fc.tuple(fc.nat(2300), fc.nat(14), fc.nat(33), fc.nat(26), fc.nat(62));
  const property = fc.property(parts, ([year, month, day, hour, minute]) => {
    const text = `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}T${pad(hour, 2)}:${pad(minute, 2)}`;
    expectReadOrRefused(text, () => readWhen({ at: text }, 'America/New_York'));
  });

  fc.assert(property, { numRuns: 1000 });
});
