import { describe, expect, test } from 'vitest';
import { epochMs, MINUTE, plus } from '../../lib/units.ts';
import { fairShares } from '../../lib/watchdog/fair-shares.ts';
import { nextTurn, turnsBy } from '../../lib/watchdog/turns.ts';
import { DUE, minutes } from '../support/requests.ts';

const TURNS = [2, 4, 8, 16, 32, 92, 152, 212];

describe('the turns of a row', () => {
  test.each(TURNS.map((age, index) => [age, index + 1]))('come %i minutes after its time: number %i', (age, number) => {
    expect(turnsBy(age * MINUTE)).toBe(number);
    expect(turnsBy(age * MINUTE - 1)).toBe(number - 1);
  });

  test('are none before its time', () => {
    expect(turnsBy(-5 * MINUTE)).toBe(0);
  });

  test('follow each other, the first of them at its time', () => {
    const turns = [nextTurn(DUE, plus(DUE, minutes(-3)))];
    for (let now = DUE; turns.length <= TURNS.length; now = turns.at(-1) ?? now) turns.push(nextTurn(DUE, now));

    expect(turns.map((at) => (at - DUE) / MINUTE)).toEqual([0, ...TURNS]);
  });

  test('are the ones that a reading finds in between, whenever it is made', () => {
    for (let age = 0; age < 300; age += 0.5) {
      const now = plus(DUE, minutes(age));
      const next = nextTurn(DUE, now);
      expect(turnsBy(next - DUE)).toBe(turnsBy(now - DUE) + 1);
      expect(turnsBy(next - 1 - DUE)).toBe(turnsBy(now - DUE));
      expect(next).toBeGreaterThan(epochMs(now));
    }
  });
});

describe('the room of a pass', () => {
  const shares = (needs: Record<string, number>, limits: Parameters<typeof fairShares>[1]) =>
    Object.fromEntries(fairShares(new Map(Object.entries(needs)), limits));

  test.each<[string, Record<string, number>, Parameters<typeof fairShares>[1], Record<string, number>]>([
    ['is given to one alone', { a: 5000 }, { total: 2000 }, { a: 2000 }],
    ['is halved', { a: 5000, b: 5000 }, { total: 2000 }, { a: 1000, b: 1000 }],
    [
      'that one does not need goes to the others',
      { a: 5000, b: 10, c: 5000 },
      { total: 2000 },
      { a: 995, b: 10, c: 995 },
    ],
    ['has a bound for each', { a: 5000, b: 10 }, { total: 500, each: 50 }, { a: 50, b: 10 }],
    ['for fewer than there are is for the first', { a: 1, b: 1, c: 1 }, { total: 2 }, { a: 1, b: 1, c: 0 }],
    ['is not used up by small needs', { a: 1, b: 2 }, { total: 2000 }, { a: 1, b: 2 }],
  ])('%s', (_what, needs, limits, expected) => {
    expect(shares(needs, limits)).toEqual(expected);
  });
});
