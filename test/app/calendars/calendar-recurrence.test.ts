import { describe, expect, test } from 'vitest';
import { at, calendarOf, daysOf, event, problemOf, read } from './calendar-files.ts';

describe('a rule', () => {
  test('is expanded over whole years, from the last one to the fifth after this', () => {
    const christmas = ['DTSTART;VALUE=DATE:19701225', 'RRULE:FREQ=YEARLY'];
    const days = ['2026', '2027', '2028', '2029', '2030', '2031', '2032'].map((year) => `${year}-12-25`);

    expect(daysOf(...christmas)).toEqual(days);
    expect(read(calendarOf(event(...christmas)), at('2027-01-01T00:00:00Z'))).toEqual(days);
    expect(read(calendarOf(event(...christmas)), at('2027-12-31T23:59:59Z'))).toEqual(days);
  });

  test.each([
    ['FREQ=YEARLY;BYMONTH=11;BYDAY=4TH;UNTIL=20281231', '20261126', ['2026-11-26', '2027-11-25', '2028-11-23']],
    ['FREQ=YEARLY;COUNT=2', '20240229', ['2028-02-29']],
    [
      'FREQ=YEARLY;BYMONTH=2,4;BYMONTHDAY=30,-1;COUNT=4',
      '20270101',
      ['2027-01-01', '2027-02-28', '2027-04-30', '2028-02-29', '2028-04-30'],
    ],
    ['FREQ=YEARLY;BYWEEKNO=53;COUNT=2', '20270104', ['2027-01-04', '2032-12-27']],
    ['FREQ=YEARLY;BYYEARDAY=-1,60;COUNT=3', '20270301', ['2027-03-01', '2027-12-31', '2028-02-29']],
    ['FREQ=YEARLY;BYDAY=20MO;COUNT=2', '20270517', ['2027-05-17', '2028-05-15']],
    ['FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13;COUNT=2', '20270813', ['2027-08-13', '2028-10-13']],
    ['FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=2', '20270129', ['2027-01-29', '2027-02-26']],
    [
      'FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=TU,SU;COUNT=4',
      '20270105',
      ['2027-01-05', '2027-01-17', '2027-01-19', '2027-01-31'],
    ],
    ['FREQ=DAILY;BYMONTH=1;BYDAY=SA;COUNT=2', '20270102', ['2027-01-02', '2027-01-09']],
    ['FREQ=MONTHLY;BYDAY=-1FR;COUNT=3', '20270129', ['2027-01-29', '2027-02-26', '2027-03-26']],
    ['FREQ=MONTHLY;BYMONTHDAY=31;COUNT=3', '20270131', ['2027-01-31', '2027-03-31', '2027-05-31']],
    ['FREQ=WEEKLY;BYDAY=SA,SU;COUNT=4', '20270102', ['2027-01-02/2027-01-03', '2027-01-09/2027-01-10']],
    ['FREQ=WEEKLY;INTERVAL=2;UNTIL=20270201T000000Z', '20270104', ['2027-01-04', '2027-01-18', '2027-02-01']],
    ['FREQ=DAILY;INTERVAL=10;COUNT=3', '20270101', ['2027-01-01', '2027-01-11', '2027-01-21']],
    ['FREQ=YEARLY;BYHOUR=0,12;BYMINUTE=0,30;COUNT=2', '20270501', ['2027-05-01', '2028-05-01']],
  ])('%s from %s', (rule, start, days) => {
    expect(daysOf(`DTSTART;VALUE=DATE:${start}`, `RRULE:${rule}`)).toEqual(days);
  });

  test('that has ended leaves its last day, so that a calendar which is over can be warned of', () => {
    expect(daysOf('DTSTART;VALUE=DATE:20200501', 'RRULE:FREQ=YEARLY;COUNT=3')).toEqual(['2022-05-01']);
  });

  test.each([
    ['never matches, day by day', 'FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30'],
    ['never matches, week by week', 'FREQ=WEEKLY;BYMONTH=2;BYWEEKNO=40'],
    ['never matches, month by month', 'FREQ=MONTHLY;BYMONTHDAY=30;BYMONTH=2'],
    ['never matches, year by year', 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30'],
    ['would match in a thousand years', 'FREQ=DAILY;INTERVAL=365000'],
    ['jumps further than numbers go', 'FREQ=DAILY;INTERVAL=999999999999999'],
    ['jumps by months in which there is no such day', 'FREQ=MONTHLY;INTERVAL=4800;BYDAY=5MO'],
    ['jumps by years', 'FREQ=YEARLY;INTERVAL=999999999;BYMONTH=2;BYMONTHDAY=29'],
  ])('that %s comes to an end', (_, rule) => {
    expect(daysOf('DTSTART;VALUE=DATE:20260201', `RRULE:${rule}`)).toEqual(['2026-02-01']);
  });

  test.each([
    ['FREQ=SECONDLY', 'FREQ=SECONDLY is not for whole days; allowed are DAILY, WEEKLY, MONTHLY, YEARLY'],
    ['FREQ=HOURLY;COUNT=1', 'FREQ=HOURLY is not for whole days; allowed are DAILY, WEEKLY, MONTHLY, YEARLY'],
    ['INTERVAL=2', 'FREQ= is not for whole days; allowed are DAILY, WEEKLY, MONTHLY, YEARLY'],
    ['FREQ=WEEKLY;BYDAY=2MO', 'BYDAY=2MO counts, which is for FREQ=MONTHLY and FREQ=YEARLY'],
  ])('%s is refused with the reason', (rule, reason) => {
    const problem = problemOf(() => daysOf('SUMMARY:Stocktaking', 'DTSTART;VALUE=DATE:20270501', `RRULE:${rule}`));

    expect(problem).toBe(`closed.ics: event "Stocktaking" of "2027-05-01": its RRULE is not understood: ${reason}`);
  });

  test('is refused when all rules of the file together take too long', () => {
    const ancient = event('SUMMARY:Daily', 'DTSTART;VALUE=DATE:00010101', 'RRULE:FREQ=DAILY');

    expect(problemOf(() => read(calendarOf(ancient, ancient, ancient, ancient, ancient)))).toBe(
      'closed.ics: event "Daily" of "0001-01-01": its RRULE is not understood: the rules of the file take too long: more than 3000000 days would have to be looked at; let them begin later',
    );
  });
});
