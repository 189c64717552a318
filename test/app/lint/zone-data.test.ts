import { describe, expect, test } from 'vitest';
import { describeOutdatedZone, zoneDataNotes } from '../../../lib/app/zone-data.ts';
import { ZONE_CHANGES } from '../../../lib/cron/zone-changes.ts';
import { milliseconds } from '../../../lib/units.ts';
import { warningsOfEntry } from './support.ts';

const own = `time zone data ${process.versions.tz} of Node ${process.version}`;
const [moldova] = ZONE_CHANGES;
if (moldova === undefined) throw new Error('the list is empty');

test('old-zone-data: what has changed, what is off, from when on, and the cure', () => {
  const first = milliseconds(Date.parse('2026-12-01T02:30Z'));
  const effects = `next, simulate and the local cloud go by that, and the watchdog may take runs for missed if the Node of its function is as old; EventBridge fires by AWS's own data; use a Node whose process.versions.tz is 2026a or later`;

  expect(describeOutdatedZone({ change: moldova, late: milliseconds(3_600_000), first })).toBe(
    `${moldova.what}, and the ${own} do not have it: due times are computed 1 hour late, first that of Tue 2026-12-01 02:30: ${effects}`,
  );
  expect(describeOutdatedZone({ change: moldova, late: milliseconds(-3_600_000), first })).toContain('1 hour early');
});

describe.each(ZONE_CHANGES.flatMap(({ zones, release }) => zones.map((zone) => [zone, release] as const)))(
  'old-zone-data: an hourly schedule in %s',
  (timezone, release) => {
    const isOld = (process.versions.tz ?? '') < release;
    const options = { cron: '0 * * * *', timezone } as const;
    const acknowledge = { 'dst-gap': 'a', 'dst-repeat': 'b' };
    const now = '2026-12-01T12:00:00Z';

    test(`is warned of where Node's data are older than ${release}, and can acknowledge it`, () => {
      const warnings = warningsOfEntry({ ...options, acknowledge }, { now });

      expect(warnings.map((warning) => warning.includes("'old-zone-data'"))).toEqual(isOld ? [true] : []);
      expect(
        warningsOfEntry({ ...options, acknowledge: { ...acknowledge, 'old-zone-data': 'an hour is fine' } }, { now }),
      ).toEqual([]);
    });
  },
);

test('synth names the data of time zones where a schedule goes by the clocks of a zone', () => {
  expect(zoneDataNotes([{ timezone: 'UTC' }, { timezone: 'Europe/Berlin' }])).toEqual([
    `due times are computed with the ${own}, and EventBridge fires by AWS's own`,
  ]);
  expect(zoneDataNotes([{ timezone: 'UTC' }, { timezone: 'Etc/GMT' }])).toEqual([]);
});
