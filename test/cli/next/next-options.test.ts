import { describe, expect, test } from 'vitest';
import { readCount, readInstant } from '../../../lib/cli/shared/options.ts';
import { readOrRefuse, unknownName } from '../../../lib/cli/shared/refusals.ts';
import { readWhen } from '../../../lib/cron/index.ts';
import { toIso } from '../../../lib/units.ts';

describe('an instant', () => {
  test.each([
    ['2027-03-01T00:00Z', '2027-03-01T00:00:00.000Z'],
    ['2027-03-01 01:00+01:00', '2027-03-01T00:00:00.000Z'],
    ['2027-03-01T00:00:07.25z', '2027-03-01T00:00:07.250Z'],
    ['2028-02-29T23:59:59-05:30', '2028-03-01T05:29:59.000Z'],
  ])('is read: %s', (text, instant) => {
    expect(toIso(readInstant(text))).toBe(instant);
  });

  test.each([
    ['2027-03-01T02:00', 'write 2027-03-01T02:00Z for UTC, or the offset, as in 2027-03-01T02:00+01:00.'],
    ['2027-03-01', 'write 2027-03-01T00:00Z for UTC'],
    ['2027-03-01T02:00 Europe/Berlin', 'Allowed is an instant'],
    ['2027-02-30T00:00Z', 'There is no such day: 2027-02-30.'],
    ['2027-02-30', 'There is no such day: 2027-02-30.'],
    ['2027-03-01T25:00Z', 'Allowed is an instant'],
    ['2027-03-01T00:00+0100', 'Allowed is an instant'],
    ['tomorrow', 'Allowed is an instant'],
    ['', 'Allowed is an instant'],
  ])('is refused: "%s"', (text, message) => {
    expect(() => readInstant(text)).toThrow(message);
  });
});

test('a count is a whole number from 1 to 1000', () => {
  expect([readCount('1'), readCount('1000')]).toEqual([1, 1000]);
  for (const text of ['0', '1001', '1.5', '-1', '1e2', '', ' 1', 'ten'])
    expect(() => readCount(text)).toThrow(/1 to 1000/);
});

test('the carets of a refused expression stand under it, with the name of the command before', () => {
  const read = () => readOrRefuse(() => readWhen({ cron: '0 25 * * *' }, 'UTC'));

  expect(read).toThrow(expect.objectContaining({ exitCode: 2 }));
  expect(read).toThrow(
    ['cron "0 25 * * *": hour 25 is out of range; allowed are 0-23', '                ^^'].join('\n'),
  );
});

test('of an unknown name the nearest is told, and which there are', () => {
  expect(unknownName('schedule', 'nigthly', ['hourly', 'nightly']).message).toBe(
    'there is no schedule "nigthly"; the nearest is "nightly". There are: hourly, nightly',
  );
  expect(unknownName('schedule', 'x', []).message).toBe('there is no schedule "x". There are: none');
  const many = Array.from({ length: 300 }, (_, index) => `tenant-${index}`);
  expect(unknownName('schedule', 'tenant-299x', many).message).toMatch(
    /nearest is "tenant-299". There are: tenant-299, .*, …$/,
  );
});
