import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { InvalidExpressionError } from '../../lib/cron/index.ts';
import { readZone } from '../../lib/cron/zone-name.ts';

/** All names of IANA's release 2026f, as the file `zones` of PyPI's tzdata 2026.6 has them. Factory is no place. */
const IANA = readFileSync(join(import.meta.dirname, 'iana-names.txt'), 'utf8')
  .trim()
  .split('\n');
const NAMES = IANA.filter((name) => name !== 'Factory');

/** What else ICU knows: its file `icuzones`, and what it keeps of old releases. */
const OWN_NAMES_OF_ICU = [
  ...'ACT AET AGT ART AST BET BST CAT CNT CST CTT EAT ECT IET IST JST MIT NET NST PLT PNT PRT PST SST VST'.split(' '),
  ...'AST4 AST4ADT EST5 EST5EDT CST6 CST6CDT MST7 MST7MDT PST8 PST8PDT YST9 YST9YDT HST10'
    .split(' ')
    .map((name) => `SystemV/${name}`),
  ...['US/Pacific-New', 'Canada/East-Saskatchewan'],
];

const refusalOf = (name: string): string | undefined => {
  try {
    readZone(name);
    return undefined;
  } catch (error) {
    if (error instanceof InvalidExpressionError) return `${error.problem}; ${error.cure}`;
    throw error;
  }
};

test('every name of IANA is a time zone', () => {
  expect(NAMES).toHaveLength(597);
  expect(NAMES.filter((name) => refusalOf(name) !== undefined)).toEqual([]);
});

test.each(OWN_NAMES_OF_ICU)('a name that ICU has and IANA has not is refused: %s', (name) => {
  expect(IANA).not.toContain(name);
  expect(refusalOf(name)).toMatch(/; write /);
});

describe('a name in another case', () => {
  const inOtherCases = (name: string): readonly string[] =>
    [name.toLowerCase(), name.toUpperCase(), name.replace(/[a-z]+$/, (end) => end.toUpperCase())].filter(
      (each) => !IANA.includes(each),
    );

  test('is refused with the one that IANA has', () => {
    const cases = NAMES.flatMap((name) => inOtherCases(name).map((written) => ({ name, written })));

    expect(cases.length).toBeGreaterThan(1500);
    const wrong = cases.filter(({ name, written }) => {
      const isAbbreviation = /^[A-Z]{3}$/.test(written);
      return isAbbreviation ? refusalOf(written) === undefined : !refusalOf(written)?.endsWith(`write ${name}`);
    });
    expect(wrong).toEqual([]);
  });
});
