import { describe, expect, test } from 'vitest';
import { findOutdatedZone } from '../../lib/cron/outdated-zone.ts';
import { type Zone, zoneNamed } from '../../lib/cron/zone.ts';
import { wrongSpans, ZONE_CHANGES } from '../../lib/cron/zone-changes.ts';
import { epochMs, toIso } from '../../lib/units.ts';

const at = (instant: string) => epochMs(Date.parse(instant));

/** A zone as data have it that give it the clocks of another. */
const as = (name: string, clocks: string): Zone => ({ ...zoneNamed(clocks), name });

/** Zones of today whose clocks do what data of 2025c expect of those that have changed. */
const OLD: readonly (readonly [name: string, clocks: string])[] = [
  ['America/Vancouver', 'America/Los_Angeles'],
  ['Canada/Pacific', 'America/Los_Angeles'],
  ['America/Edmonton', 'America/Denver'],
  ['America/Yellowknife', 'America/Denver'],
  ['Canada/Mountain', 'America/Denver'],
  ['America/Inuvik', 'America/Denver'],
  ['America/Winnipeg', 'America/Chicago'],
  ['America/Rainy_River', 'America/Chicago'],
  ['Canada/Central', 'America/Chicago'],
  ['America/Havana', 'America/New_York'],
  ['Cuba', 'America/New_York'],
  ['Africa/Casablanca', 'Etc/GMT-1'],
  ['Africa/El_Aaiun', 'Etc/GMT-1'],
];

/** Neighbours as one: a zone is looked at a month at a time. */
function spansOf(zone: Zone, from: string, to: string): readonly string[] {
  const merged: { start: number; end: number; late: number }[] = [];
  for (const { start, end, late } of wrongSpans(zone, at(from), at(to))) {
    const last = merged.at(-1);
    if (last?.end === start && last.late === late) last.end = end;
    else merged.push({ start, end, late });
  }
  const minute = (instant: number) => toIso(epochMs(instant)).slice(0, 16);
  return merged.map(({ start, end, late }) => `${minute(start)} ${minute(end)} ${late / 60_000}`);
}

describe('the list of zones that have changed', () => {
  test('names each zone once, and every name that other lists would find for it', () => {
    const names = ZONE_CHANGES.flatMap(({ zones }) => zones);

    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(expect.arrayContaining(OLD.map(([name]) => name)));
  });

  test('is in the order of the releases, and knows only zones that all data have', () => {
    const releases = ZONE_CHANGES.map(({ release }) => release);

    expect(releases).toEqual([...releases].sort());
    for (const { like, zones } of ZONE_CHANGES)
      for (const name of [like, ...zones]) zoneNamed(name).spanAt(at('2027-01-01T00:00Z'));
  });

  test.each(ZONE_CHANGES.map((change) => [change.zones.join(), change] as const))(
    'agrees with the data of this Node from the release on that has it, and not before: %s',
    (_, { zones, release, like, until }) => {
      const isOld = (process.versions.tz ?? '') < release;
      for (const name of zones) {
        const found = [...wrongSpans(zoneNamed(name), at('2026-01-01T00:00Z'), until ?? at('2028-01-01T00:00Z'))];
        expect(found.length > 0, `${name} like ${like}`).toBe(isOld);
      }
    },
  );
});

describe('clocks that data of 2025c show', () => {
  test('are an hour behind in winter where a zone has stayed at summer time', () => {
    expect(spansOf(as('America/Vancouver', 'America/Los_Angeles'), '2026-06-01T00:00Z', '2028-01-01T00:00Z')).toEqual([
      '2026-11-01T09:00 2027-03-14T10:00 60',
      '2027-11-07T09:00 2028-01-01T00:00 60',
    ]);
  });

  test('are right again where the change was for a winter only', () => {
    expect(spansOf(as('America/Havana', 'Etc/GMT+5'), '2026-06-01T00:00Z', '2028-01-01T00:00Z')).toEqual([
      '2026-11-01T05:00 2027-03-14T05:00 60',
    ]);
  });

  test('are ahead where a zone has gone back for good', () => {
    expect(spansOf(as('Africa/Casablanca', 'Etc/GMT-1'), '2026-09-01T00:00Z', '2026-12-01T00:00Z')).toEqual([
      '2026-09-20T01:00 2026-12-01T00:00 -60',
    ]);
  });
});

describe('a schedule', () => {
  const timed = { expressions: ['cron(30 2 * * ? *)'], timezone: 'America/Vancouver' };
  const old = as('America/Vancouver', 'America/Los_Angeles');

  test('is told with its first due time that is off, by the right clocks', () => {
    const found = findOutdatedZone(timed, at('2026-06-01T00:00Z'), old);

    expect(found).toMatchObject({
      late: 3_600_000,
      first: Date.parse('2026-11-01T02:30Z'),
      change: { release: '2026b' },
    });
  });

  test.each(OLD)('in %s, with the clocks of %s, is told', (name, clocks) => {
    const found = findOutdatedZone({ ...timed, timezone: name }, at('2026-12-01T00:00Z'), as(name, clocks));

    expect(Math.abs(found?.late ?? 0)).toBe(3_600_000);
  });

  test('is not told where Node has the change', () => {
    const current = as('America/Vancouver', 'Etc/GMT+7');

    expect(findOutdatedZone(timed, at('2026-12-01T00:00Z'), current)).toBeUndefined();
  });

  test('is not told where it is due in no time in which the data are wrong', () => {
    const summer = { ...timed, expressions: ['cron(30 2 * 6-8 ? *)'] };
    const once = { ...timed, expressions: ['at(2027-06-01T02:30:00)'] };

    expect(findOutdatedZone(summer, at('2026-12-01T00:00Z'), old)).toBeUndefined();
    expect(findOutdatedZone(once, at('2026-12-01T00:00Z'), old)).toBeUndefined();
  });

  test('of another zone is not told', () => {
    const berlin = { ...timed, timezone: 'Europe/Berlin' };

    expect(findOutdatedZone(berlin, at('2026-12-01T00:00Z'))).toBeUndefined();
  });
});
