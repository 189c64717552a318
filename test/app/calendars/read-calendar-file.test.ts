import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CalendarFileError } from '../../../lib/app/calendars/calendar-file-error.ts';
import { createCalendarReader } from '../../../lib/app/calendars/read-calendar-file.ts';
import { calendarOf, daysOf, directory, event, NOW, notesOf, problemOf, read } from './calendar-files.ts';

const readFixture = createCalendarReader({ projectDirectory: import.meta.dirname, ...NOW });

describe('a file as it is exported', () => {
  test('by Google Calendar: neighbouring days are one range, a cancelled one is none', () => {
    expect(readFixture('google-holidays.ics')).toEqual(['2027-06-06', '2027-12-24/2027-12-25']);
  });

  test('by Outlook: without its meetings, the end excluded, a byte order mark passed over', () => {
    expect(readFixture('outlook.ics')).toEqual(['2026-12-24/2027-01-03', '2027-05-14']);
  });

  test('by Nextcloud: rules, their exceptions, and two calendars in one file', () => {
    expect(readFixture('nextcloud.ics')).toEqual([
      '2026-01-31/2026-02-01',
      '2027-02-07',
      '2027-07-31/2027-08-01',
      '2027-10-01/2027-10-02',
      '2027-12-25/2027-12-26',
      '2028-01-31/2028-02-01',
      '2028-07-31/2028-08-01',
    ]);
  });
});

describe('an event', () => {
  test.each([
    ['without an end is one day', ['DTSTART;VALUE=DATE:20270501'], ['2027-05-01']],
    ['ends before DTEND', ['DTSTART;VALUE=DATE:20270501', 'DTEND;VALUE=DATE:20270504'], ['2027-05-01/2027-05-03']],
    ['lasts as long as its duration', ['DTSTART;VALUE=DATE:20270228', 'DURATION:P1W'], ['2027-02-28/2027-03-06']],
    ['is a date also without VALUE=DATE', ['DTSTART:20270501'], ['2027-05-01']],
    ['is recognised in lower case', ['dtstart;value=date:20270501'], ['2027-05-01']],
    ['may be folded', ['DTSTART;VALUE=DA\r\n TE:2027\r\n\t0501'], ['2027-05-01']],
  ])('%s', (_, lines, days) => {
    expect(daysOf(...lines)).toEqual(days);
  });

  test('that overlaps another adds what it has more', () => {
    const one = event('DTSTART;VALUE=DATE:20270501', 'DTEND;VALUE=DATE:20270511');
    const within = event('DTSTART;VALUE=DATE:20270503');
    const across = event('DTSTART;VALUE=DATE:20270509', 'DTEND;VALUE=DATE:20270513');

    expect(read(calendarOf(across, within, one))).toEqual(['2027-05-01/2027-05-12']);
  });

  test('that was replaced by one with a time of day is gone', () => {
    const rule = event('UID:a', 'DTSTART;VALUE=DATE:20270501', 'RRULE:FREQ=YEARLY;COUNT=2');
    const moved = event('UID:a', 'RECURRENCE-ID;VALUE=DATE:20280501', 'DTSTART:20280501T090000Z');

    expect(read(calendarOf(moved, rule))).toEqual(['2027-05-01']);
  });
});

describe('an event of a whole day as Exchange writes it', () => {
  const ZONE = 'TZID="W. Europe Standard Time"';
  const ALL_DAY = 'X-MICROSOFT-CDO-ALLDAYEVENT:TRUE';
  const times = (start: string, end: string) => [`DTSTART;${ZONE}:${start}`, `DTEND;${ZONE}:${end}`];

  test('counts, without the day on whose midnight it ends', () => {
    expect(daysOf(ALL_DAY, ...times('20270510T000000', '20270512T000000'))).toEqual(['2027-05-10/2027-05-11']);
  });

  test('is expanded, its last day told in UTC', () => {
    const lines = [ALL_DAY, ...times('20270510T000000', '20270511T000000')];

    expect(daysOf(...lines, 'RRULE:FREQ=WEEKLY;UNTIL=20270523T220000Z', `EXDATE;${ZONE}:20270517T000000`)).toEqual([
      '2027-05-10',
      '2027-05-24',
    ]);
  });

  test.each([
    ['New Zealand Standard Time', '+1300', '20271230T110000Z'],
    ['Line Islands Standard Time', '+1400', '20271230T100000Z'],
    ['Hawaiian Standard Time', '-1000', '20271231T100000Z'],
  ])('has its last day by the zone that the file describes: %s', (name, offset, until) => {
    const zone = [
      'BEGIN:VTIMEZONE',
      `TZID:${name}`,
      'BEGIN:STANDARD',
      'DTSTART:16010101T000000',
      `TZOFFSETFROM:${offset}`,
      `TZOFFSETTO:${offset}`,
      'END:STANDARD',
      'END:VTIMEZONE',
      '',
    ].join('\r\n');
    const days = [`DTSTART;TZID=${name}:20271224T000000`, `DTEND;TZID=${name}:20271225T000000`];

    expect(read(calendarOf(zone, event(ALL_DAY, ...days, `RRULE:FREQ=DAILY;UNTIL=${until}`)))).toEqual([
      '2027-12-24/2027-12-31',
    ]);
  });

  test.each([
    ['does not say so', times('20270510T000000', '20270511T000000')],
    ['begins at another time', [ALL_DAY, ...times('20270510T080000', '20270511T000000')]],
    ['ends at another time', [ALL_DAY, ...times('20270510T000000', '20270511T120000')]],
    ['has no end', [ALL_DAY, `DTSTART;${ZONE}:20270510T000000`]],
    ['is in UTC, which may be any time of day', [ALL_DAY, 'DTSTART:20270510T000000Z', 'DTEND:20270511T000000Z']],
  ])('is passed over where it %s', (_, lines) => {
    const text = calendarOf(event(...lines), event('DTSTART;VALUE=DATE:20270601'));

    expect(read(text)).toEqual(['2027-06-01']);
    expect(notesOf(text)).toEqual(['closed.ics: 1 event with a time of day is passed over']);
  });
});

test('the rule of an event with a time of day is passed over with it', () => {
  const meeting = event('DTSTART:20270601T090000Z', 'RRULE:FREQ=DAILY;INTERVAL=0');

  expect(read(calendarOf(meeting, event('DTSTART;VALUE=DATE:20270601', 'RRULE:FREQ=DAILY;COUNT=2 ')))).toEqual([
    '2027-06-01/2027-06-02',
  ]);
});

test('that events are passed over is noted once, with their number', () => {
  const day = event('DTSTART;VALUE=DATE:20270601');
  const meeting = event('DTSTART:20270601T090000Z');

  expect(notesOf(calendarOf(meeting, day, meeting))).toEqual([
    'closed.ics: 2 events with a time of day are passed over',
  ]);
  expect(notesOf(calendarOf(day))).toEqual([]);
});

describe('what is wrong with a file is said in words that name it', () => {
  const NO_DAY = 'a calendar is made of events without a time of day';

  test.each<[string, string, string]>([
    ['nothing in it', '', 'it is empty'],
    [
      'a web page',
      '<!doctype html><title>Sign in</title>',
      'it is not an iCalendar file, which begins with BEGIN:VCALENDAR',
    ],
    [
      'an address book',
      'BEGIN:VCARD\r\nVERSION:4.0\r\nEND:VCARD\r\n',
      'it is not an iCalendar file, which begins with BEGIN:VCALENDAR',
    ],
    ['no events', calendarOf(), `it has no events; ${NO_DAY}`],
    [
      'only cancelled ones',
      calendarOf(event('DTSTART;VALUE=DATE:20270501', 'STATUS:CANCELLED')),
      `all its events (1) are cancelled; ${NO_DAY}`,
    ],
    [
      'only events with a time of day',
      calendarOf(event('DTSTART:20270501T090000Z'), event('DTSTART;TZID=Europe/Berlin:20270501T090000')),
      `none of its events (2) is of whole days; ${NO_DAY}`,
    ],
    [
      'half a calendar',
      'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n',
      'it is not understood: invalid ical body. component began but did not end',
    ],
    [
      'a line that is none',
      calendarOf(event('DTSTART;VALUE=DATE:20270501', 'Christmas')),
      'it is not understood: invalid line (no token ";" or ":") "Christmas" (line 5)',
    ],
    [
      'a date as people write it',
      calendarOf(event('SUMMARY:Black Friday', 'DTSTART;VALUE=DATE:2026-11-27')),
      'line 5: DTSTART "2026-11-27" is not a date; iCalendar writes 20271224',
    ],
    [
      'one date of several',
      calendarOf(event('DTSTART;VALUE=DATE:20270501', 'EXDATE;X="a:b":20270501,\r\n 2.5.27')),
      'line 5: EXDATE "2.5.27" is not a date; iCalendar writes 20271224',
    ],
    [
      'what only ical.js understands, or does not',
      calendarOf(event('SUMMARY:Fair', 'DTSTART;VALUE=DATE:20270501', 'DURATION:x')),
      'event "Fair" of "2027-05-01": it is not understood: invalid duration value: Not enough duration components in "x"',
    ],
    [
      'an event without a beginning',
      calendarOf(event('SUMMARY:Some day'), event('DTSTART;VALUE=DATE:20270501')),
      'event "Some day": it has no DTSTART; write the day on which it begins, or remove it',
    ],
    [
      'a day that does not exist',
      calendarOf(event('SUMMARY:Leap day', 'DTSTART;VALUE=DATE:20270229')),
      'event "Leap day" of "2027-02-29": "2027-02-29" is not a date',
    ],
    [
      'an event that ends before it begins',
      calendarOf(event('DTSTART;VALUE=DATE:20270502', 'DTEND;VALUE=DATE:20270430')),
      'event "" of "2027-05-02": it ends on 2027-04-30, before it begins',
    ],
    [
      'an event that does not end',
      calendarOf(event('DTSTART;VALUE=DATE:20270502', 'DURATION:P99999999D')),
      'event "" of "2027-05-02": it ends after the year 9999',
    ],
    [
      'a length that is less than none',
      calendarOf(event('DTSTART;VALUE=DATE:20270502', 'DURATION:-P1D')),
      'event "" of "2027-05-02": its DURATION "-P1D" ends before it begins',
    ],
    ...[
      [
        'FREQ=FORTNIGHTLY',
        'invalid frequency "FORTNIGHTLY" expected: "SECONDLY, MINUTELY, HOURLY, DAILY, WEEKLY, MONTHLY, YEARLY"',
      ],
      ['FREQ=YEARLY;BYMONTH=13', 'BYMONTH: invalid value "13", out of range'],
      ['FREQ=DAILY;COUNT=0', 'COUNT=0; allowed is a number from 1'],
      ['FREQ=DAILY;INTERVAL=0', 'INTERVAL=0; allowed is a number from 1'],
      ['FREQ=DAILY;UNTIL=2027', 'UNTIL=2027 is not a date; iCalendar writes 20271224'],
    ].map(([rule, reason]): [string, string, string] => [
      `a rule that is none: ${rule}`,
      calendarOf(event('DTSTART;VALUE=DATE:20270502', `RRULE:${rule}`)),
      `line 5: RRULE "${rule}" is not understood: ${reason}`,
    ]),
    [
      'a change of all that follow',
      calendarOf(
        event(
          'UID:a',
          'SUMMARY:Moved',
          'RECURRENCE-ID;RANGE=THISANDFUTURE;VALUE=DATE:20270501',
          'DTSTART;VALUE=DATE:20270502',
        ),
      ),
      'event "Moved" of "2027-05-02": it changes all later ones (RANGE=THISANDFUTURE); end the rule there and write a new event',
    ],
    [
      'a rule of what is left out',
      calendarOf(event('DTSTART;VALUE=DATE:20270502', 'RRULE:FREQ=DAILY', 'EXRULE:FREQ=WEEKLY')),
      'event "" of "2027-05-02": it has an EXRULE, which RFC 5545 has abolished; write EXDATE',
    ],
    [
      'too much',
      calendarOf(event(`DESCRIPTION:${'x'.repeat(1_000_000)}`)),
      'it has 1000085 bytes; allowed are 1000000',
    ],
  ])('%s', (_, text, problem) => {
    expect(problemOf(() => read(text))).toBe(`closed.ics: ${problem}`);
  });

  test.each([
    ['infra/missing.ics', "there is no such file; paths count from the project's folder"],
    ['folder', 'it is a folder; name the .ics file in it'],
    ['https://example.com/closed.ics', 'this is an address; save it as a file of the project, and name that'],
    ['/dev/null', 'it is not a regular file'],
  ])('%s', (path, problem) => {
    mkdirSync(join(directory, 'folder'), { recursive: true });
    const reader = createCalendarReader({ projectDirectory: directory, ...NOW });

    expect(problemOf(() => reader(path))).toBe(`${path}: ${problem}`);
  });
});

describe('whatever a file holds, the answer is days or an error of its own', () => {
  const line = fc.constantFrom(
    ...['BEGIN:VCALENDAR', 'END:VCALENDAR', 'BEGIN:VEVENT', 'END:VEVENT', 'BEGIN:VTODO', 'END:', 'BEGIN:', ''],
    ...['DTSTART;VALUE=DATE:20270501', 'DTSTART:20270501T090000Z', 'DTSTART;VALUE=DATE:', 'DTSTART;VALUE=PERIOD:x/y'],
    ...[
      'DTEND;VALUE=DATE:20270510',
      'DTEND:99999999',
      'DURATION:P2D',
      'DURATION:-P2D',
      'DURATION:x',
      'DURATION;VALUE=DATE:1',
    ],
    ...[
      'RDATE;VALUE=PERIOD:20270501T000000Z/P1D',
      'RDATE;VALUE=DATE:20270601,,x',
      'EXDATE:20270501',
      'EXDATE;VALUE=TEXT:y',
    ],
    ...[
      'UID:a',
      'RECURRENCE-ID;VALUE=DATE:20270501',
      'RECURRENCE-ID:',
      'STATUS:CANCELLED',
      'SUMMARY;VALUE=DATE:20270501',
    ],
    ...[
      '__proto__:1',
      'constructor;VALUE=toString:1',
      'X;=:',
      ' folded',
      '\tfolded',
      ';',
      ':',
      '"',
      'STATUS;VALUE=RECUR:FREQ=DAILY',
    ],
  );
  const part = fc.constantFrom(
    ...[
      'FREQ=DAILY',
      'FREQ=WEEKLY',
      'FREQ=MONTHLY',
      'FREQ=YEARLY',
      'INTERVAL=0',
      'INTERVAL=7',
      'COUNT=0',
      'COUNT=-1',
      'COUNT=9',
    ],
    ...['BYDAY=5MO', 'BYDAY=-1SU,MO', 'BYMONTHDAY=31', 'BYMONTHDAY=-31,0', 'BYMONTH=2', 'BYYEARDAY=366', 'BYWEEKNO=53'],
    ...[
      'BYSETPOS=-1',
      'BYSETPOS=366',
      'UNTIL=20280101',
      'UNTIL=x',
      'WKST=SU',
      'BYHOUR=1,2',
      'RSCALE=CHINESE',
      'X=',
      '=',
    ],
  );
  const rule = fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => `RRULE:${parts.join(';')}`);
  const days = expect.arrayContaining([expect.stringMatching(/^\d{4}-\d{2}-\d{2}(\/\d{4}-\d{2}-\d{2})?$/)]);

  function expectDaysOrError(text: string): void {
    try {
      expect(read(text)).toEqual(days);
    } catch (error) {
      if (!(error instanceof CalendarFileError)) throw error;
      expect(error.message).toMatch(/^closed\.ics: [^\n]{1,400}$/);
    }
  }

  test('of lines in any order', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(line, rule), { maxLength: 20 }), (lines) => {
        expectDaysOrError(['BEGIN:VCALENDAR', ...lines].join('\r\n'));
      }),
      { numRuns: 500 },
    );
  });

  test('of properties in an event', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(line, rule), { maxLength: 6 }), rule, (lines, last) => {
        expectDaysOrError(calendarOf(event('DTSTART;VALUE=DATE:20260228', ...lines, last)));
      }),
      { numRuns: 300 },
    );
  });

  test('of any characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expectDaysOrError(`BEGIN:VCALENDAR\r\n${text}`);
      }),
      { numRuns: 300 },
    );
  });
});
