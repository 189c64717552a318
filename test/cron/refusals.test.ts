import { describe, expect, test } from 'vitest';
import { describeProblem, InvalidExpressionError, readEventBridge, readWhen, type When } from '../../lib/cron/index.ts';

interface Row {
  readonly written: string;
  readonly message: string;
}

/** A table of whole messages, two lines each. What was written is what stands in the first quotes. */
function rowsOf(table: string): Row[] {
  const lines = table.trim().split('\n');
  return lines
    .map((line, index) => ({ written: /"(.*?)": /.exec(line)?.[1] ?? '', message: `\n${line}\n${lines[index + 1]}` }))
    .filter((_, index) => index % 2 === 0);
}

const FIVE_FIELDS = rowsOf(`
cron "0 25 * * *": hour 25 is out of range; allowed are 0-23
        ^^
cron "60 * * * *": minute 60 is out of range; allowed are 0-59
      ^^
cron "0 0 0 * *": day of month 0 is out of range; allowed are 1-31
          ^
cron "0 0 * 13 *": month 13 is out of range; allowed are 1-12 or JAN-DEC
            ^^
cron "0 0 * * 8": day of week 8 is out of range; allowed are 0-7 or SUN-SAT
              ^
cron "a * * * *": minute "a" is not understood; allowed are 0-59
      ^
cron "-5 * * * *": minute "-5" is not understood; allowed are 0-59
      ^^
cron "5- * * * *": minute "5-" is not understood; allowed are 0-59
      ^^
cron "1.5 * * * *": minute "1.5" is not understood; allowed are 0-59
      ^^^
cron "1,,2 * * * *": a minute is missing; allowed are 0-59
        ^
cron "1-2-3 * * * *": minute "1-2-3" is not a range
      ^^^^^
cron "*/2/3 * * * *": minute "*/2/3" has more than one step
      ^^^^^
cron "*/ * * * *": a step is missing; allowed are whole numbers from 1
        ^
cron "*/0 * * * *": step 0 of the minute is not a step; allowed are whole numbers from 1
        ^
cron "0 0 * * MONDAY": day of week "MONDAY" is not understood; allowed are 0-7 or SUN-SAT; write MON
              ^^^^^^
cron "* * * JULY *": month "JULY" is not understood; allowed are 1-12 or JAN-DEC; write JUL
            ^^^^
cron "5/15 * * * *": a step needs a range; crons differ on what 5/15 means; write 5-59/15
      ^^^^
cron "50-10 * * * *": minute range 50-10 runs backwards; write 50-59,0-10
      ^^^^^
cron "0 22-2 * * *": hour range 22-2 runs backwards; write 22,23,0-2
        ^^^^
cron "0 0 * * FRI-MON": day of week range FRI-MON runs backwards; write FRI,SAT,SUN,MON
              ^^^^^^^
cron "0 0 * * FRI-SUN": day of week range FRI-SUN runs backwards; write FRI,SAT,SUN
              ^^^^^^^
cron "0 0 * * 7-3": day of week range 7-3 runs backwards; write 0-3
              ^^^
cron "0 0 * NOV-FEB *": month range NOV-FEB runs backwards; write NOV,DEC,JAN,FEB
            ^^^^^^^
cron "0 0 */2 * MON": cron asks for days in both */2 and MON, which EventBridge cannot say; write 1-31/2 for days in either, or make one field * and let the job check the other
          ^^^
cron "0 0 13 * */2": cron asks for days in both 13 and */2, which EventBridge cannot say; write 0-6/2 for days in either, or make one field * and let the job check the other
               ^^^
cron "0 0 */2 * */2": cron asks for days in both */2 and */2, which EventBridge cannot say; write 1-31/2 and 0-6/2 for days in either, or make one field * and let the job check the other
          ^^^
cron "0 0 */2,15 * MON": cron asks for days in both */2,15 and MON, which EventBridge cannot say; write 1-31/2,15 for days in either, or make one field * and let the job check the other
          ^^^^^^
cron "0 0 31 2 *": no date from 1970 to 2199 matches, so it can never fire
          ^^^^
cron "0 0 30,31 FEB *": no date from 1970 to 2199 matches, so it can never fire
          ^^^^^^^^^
cron "0 0 31 2 MON": day 31 never comes in month 2, so that only the day of the week counts; write * for the day of the month, if that is meant
          ^^
cron "@reboot": @reboot has no due time, and nothing here boots; write when it is due, or one of @hourly, @daily, @midnight, @weekly, @monthly, @yearly, @annually
      ^^^^^^^
cron "@every 5m": @every 5m is not known; allowed are @hourly, @daily, @midnight, @weekly, @monthly, @yearly, @annually
      ^^^^^^^^^
cron "1 2 3": 3 fields instead of 5: minute hour day-of-month month day-of-week
      ^^^^^
cron "": 0 fields instead of 5: minute hour day-of-month month day-of-week
      ^
cron "0": 1 field instead of 5: minute hour day-of-month month day-of-week
      ^
cron "0 0 ? * 1": ? is EventBridge's, not cron's; write *
          ^
cron "0~30 2 * * *": ~ leaves the time to chance, so nobody could say when it is due
       ^
cron "~ 2 * * *": ~ leaves the time to chance, so nobody could say when it is due
      ^
cron "H 2 * * *": minute "H" is not understood; allowed are 0-59
      ^
cron "0 2 * * *%": day of week "*%" is not understood; allowed are 0-7 or SUN-SAT
              ^^
cron "*-5 * * * *": minute "*" is not understood; allowed are 0-59
      ^
cron "+5 * * * *": minute "+5" is not understood; allowed are 0-59
      ^^
cron "0 99999999999999999999999 * * *": hour 99999999999999999999999 is out of range; allowed are 0-23
        ^^^^^^^^^^^^^^^^^^^^^^^
cron "0 0 L * *": L is EventBridge's, not cron's; write EventBridge's six fields: cron(minute hour day-of-month month day-of-week year)
          ^
cron "0 0 15W * *": W is EventBridge's, not cron's; write EventBridge's six fields: cron(minute hour day-of-month month day-of-week year)
            ^
cron "0 0 * * 6L": L is EventBridge's, not cron's; write EventBridge's six fields: cron(minute hour day-of-month month day-of-week year)
               ^
cron "0 0 * * MON#2": # is EventBridge's, not cron's; write EventBridge's six fields: cron(minute hour day-of-month month day-of-week year)
                 ^
cron "rate(5 minutes)": rate counts from the instant EventBridge created the schedule, so nobody could say when it is due; write every: '5 minutes'
      ^^^^^^^^^^^^^^^
cron "rate(7 days)": rate counts from the instant EventBridge created the schedule, so nobody could say when it is due; write every, or cron
      ^^^^^^^^^^^^
cron "at(2027-01-01T02:00:00)": this is not a cron expression; write at: '2027-01-01T02:00'
      ^^^^^^^^^^^^^^^^^^^^^^^
`);

/** Where seconds may come first, as in Quartz, Spring and node-cron, or years last, as in EventBridge. */
const BARE_SIX_FIELDS = rowsOf(`
cron "0 0 12 * * ?": six fields with ? have two readings: with seconds first, as in Quartz, this is cron(0 12 * * ? *); with years last, as in EventBridge, it is not valid; write cron(0 12 * * ? *)
                 ^
cron "0 0 12 ? * MON-FRI": six fields with ? have two readings: with seconds first, as in Quartz, this is cron(0 12 ? * MON-FRI *); with years last, as in EventBridge, it is not valid; write cron(0 12 ? * MON-FRI *)
             ^
cron "0 2 * * ? *": six fields with ? have two readings: with seconds first, as in Quartz, this is not valid; with years last, as in EventBridge, it is cron(0 2 * * ? *); write cron(0 2 * * ? *)
              ^
cron "15 10 ? * 6L 2022-2023": six fields with ? have two readings: with seconds first, as in Quartz, this is not valid; with years last, as in EventBridge, it is cron(15 10 ? * 6L 2022-2023); write cron(15 10 ? * 6L 2022-2023)
            ^
cron "0 15 10 L * ?": six fields with L have two readings: with seconds first, as in Quartz, this is cron(15 10 L * ? *); with years last, as in EventBridge, it is not valid; write cron(15 10 L * ? *)
              ^
cron "0 15 10 LW * *": six fields with LW have two readings: with seconds first, as in Quartz, this is not valid; with years last, as in EventBridge, it is not valid; write five fields, or cron(minute hour day-of-month month day-of-week year)
              ^^
cron "0 15 10 15W * *": six fields with 15W have two readings: with seconds first, as in Quartz, this is cron(15 10 15W * ? *); with years last, as in EventBridge, it is not valid; write cron(15 10 15W * ? *)
              ^^^
cron "0 15 10 ? * FRIL": six fields with ? have two readings: with seconds first, as in Quartz, this is cron(15 10 ? * 6L *); with years last, as in EventBridge, it is not valid; write cron(15 10 ? * 6L *)
              ^
cron "0 15 10 ? * 6#3": six fields with ? have two readings: with seconds first, as in Quartz, this is cron(15 10 ? * 6#3 *); with years last, as in EventBridge, it is not valid; write cron(15 10 ? * 6#3 *)
              ^
cron "0 15 10 * * FRI#3": six fields with FRI#3 have two readings: with seconds first, as in Quartz, this is cron(15 10 ? * 6#3 *); with years last, as in EventBridge, it is not valid; write cron(15 10 ? * 6#3 *)
                  ^^^^^
cron "30 0 12 * * ?": six fields with ? have two readings: with seconds first, as in Quartz, this is not valid; with years last, as in EventBridge, it is not valid; write five fields, or cron(minute hour day-of-month month day-of-week year)
                  ^
cron "0 0 2 * * 1": weekday 1 has two readings in six fields: MON where Sunday is 0, as in Spring and node-cron, and SUN where Sunday is 1, as in Quartz; write the names, MON for Monday
                ^
cron "0 0 2 * * 1-5": weekday 1-5 has two readings in six fields: MON-FRI where Sunday is 0, as in Spring and node-cron, and SUN-THU where Sunday is 1, as in Quartz; write the names, MON for Monday
                ^^^
cron "0 0 2 * * 0": weekday 0 has two readings in six fields: SUN where Sunday is 0, as in Spring and node-cron, and not allowed where Sunday is 1, as in Quartz; write the names, MON for Monday
                ^
cron "0 0 2 * * 7": weekday 7 has two readings in six fields: SUN where Sunday is 0, as in Spring and node-cron, and SAT where Sunday is 1, as in Quartz; write the names, MON for Monday
                ^
cron "0 0 2 * * 2,4": weekday 2,4 has two readings in six fields: TUE,THU where Sunday is 0, as in Spring and node-cron, and MON,WED where Sunday is 1, as in Quartz; write the names, MON for Monday
                ^^^
cron "0 0 2 * * 1-5/2": weekday 1-5/2 has two readings in six fields: MON,WED,FRI where Sunday is 0, as in Spring and node-cron, and SUN,TUE,THU where Sunday is 1, as in Quartz; write the names, MON for Monday
                ^^^^^
cron "0 2 1 1 * 2027": with seconds first, as in Quartz and node-cron, the sixth field is the day of week; with years last, as in EventBridge, six fields stand in cron( ) and one day field is ?; write cron(0 2 1 1 ? 2027)
                ^^^^
cron "0 2 1 1 MON 2027": with seconds first, as in Quartz and node-cron, the sixth field is the day of week; with years last, as in EventBridge, six fields stand in cron( ) and one day field is ?
                  ^^^^
cron "30 0 2 * * *": with seconds first, as Quartz, Spring and node-cron write six fields, this is due at second 30, and due times are whole minutes; with years last, as EventBridge writes them, one day field is ?; write 0 for the seconds, or leave them out
      ^^
cron "*/10 * * * * *": with seconds first, as Quartz, Spring and node-cron write six fields, this is due at second */10, and due times are whole minutes; with years last, as EventBridge writes them, one day field is ?; write 0 for the seconds, or leave them out
      ^^^^
cron "* * * * * *": with seconds first, as Quartz, Spring and node-cron write six fields, this is due at second *, and due times are whole minutes; with years last, as EventBridge writes them, one day field is ?; write 0 for the seconds, or leave them out
      ^
cron "0,30 0 2 * * *": with seconds first, as Quartz, Spring and node-cron write six fields, this is due at second 0,30, and due times are whole minutes; with years last, as EventBridge writes them, one day field is ?; write 0 for the seconds, or leave them out
      ^^^^
cron "0 2 * * * backup": day of week "backup" is not understood; allowed are 0-7 or SUN-SAT
                ^^^^^^
cron "0 0 25 * * *": hour 25 is out of range; allowed are 0-23
          ^^
cron "0 0 2 31 2 *": no date from 1970 to 2199 matches, so it can never fire
            ^^^^
cron "0 5/15 * * * *": a step needs a range; crons differ on what 5/15 means; write 5-59/15
        ^^^^
cron "0 0 2 * * ? *": 7 fields instead of 5: minute hour day-of-month month day-of-week; write cron(0 2 * * ? *)
                ^^^
cron "0 0 2 * * ? 2027-2030": 7 fields instead of 5: minute hour day-of-month month day-of-week; write cron(0 2 * * ? 2027-2030)
                ^^^^^^^^^^^
cron "0 0 2 * * * *": 7 fields instead of 5: minute hour day-of-month month day-of-week
                ^^^
`);

const SIX_FIELDS = rowsOf(`
cron "cron(0 2 * * * *)": exactly one of day-of-month and day-of-week must be ?; write ? here
               ^
cron "cron(0 2 ? * ? *)": exactly one of day-of-month and day-of-week must be ?; write * for the day of month
               ^^^^^
cron "cron(0 2 1 * MON *)": exactly one of day-of-month and day-of-week must be ?; for days in either write five-field cron, without cron( )
               ^^^^^^^
cron "cron(0 2 ? * * ?)": year "?" is not understood; allowed are 1970-2199
                     ^
cron "cron(? 2 * * ? *)": minute "?" is not understood; allowed are 0-59
           ^
cron "cron(0 2 * * ?)": 5 fields instead of 6: minute hour day-of-month month day-of-week year; five-field cron is written without cron( )
           ^^^^^^^^^
cron "cron(0 0 2 * * ? *)": 7 fields instead of 6: minute hour day-of-month month day-of-week year
                       ^
cron "cron(0 2 * * ? *": the closing ) is missing
                      ^
cron "cron(0 24 * * ? *)": hour 24 is out of range; allowed are 0-23
             ^^
cron "cron(0 2 LW * ? *)": AWS does not document LW; it documents L on its own, and W after one day, such as 15W
               ^^
cron "cron(0 2 L-3 * ? *)": AWS does not document L-3; it documents L on its own, and W after one day, such as 15W
               ^^^
cron "cron(0 2 1,15W * ? *)": AWS does not document 1,15W; it documents L on its own, and W after one day, such as 15W
               ^^^^^
cron "cron(0 2 1,L * ? *)": AWS does not document 1,L; it documents L on its own, and W after one day, such as 15W
               ^^^
cron "cron(0 2 WL * ? *)": AWS does not document WL; it documents L on its own, and W after one day, such as 15W
               ^^
cron "cron(0 2 15W,L * ? *)": AWS does not document 15W,L; it documents L on its own, and W after one day, such as 15W
               ^^^^^
cron "cron(0 2 1-5W * ? *)": AWS does not document 1-5W; it documents L on its own, and W after one day, such as 15W
               ^^^^
cron "cron(0 2 * L ? *)": month "L" is not understood; allowed are 1-12 or JAN-DEC
                 ^
cron "cron(0 2 1,? * ? *)": day of month "?" is not understood; allowed are 1-31
                 ^
cron "cron(0~9 2 * * ? *)": minute "0~9" is not understood; allowed are 0-59
           ^^^
cron "cron(0 2 ? * L,MON *)": AWS does not document L,MON; it documents L on its own, L after one number, such as 6L, and one #, such as 3#2
                   ^^^^^
cron "cron(0 2 ? * 2-6L *)": AWS does not document 2-6L; it documents L on its own, L after one number, such as 6L, and one #, such as 3#2
                   ^^^^
cron "cron(0 2 ? * #2 *)": AWS does not document #2; it documents L on its own, L after one number, such as 6L, and one #, such as 3#2
                   ^^
cron "cron(0 2 ? * 3#0 *)": a month has no weekday number 0; allowed are 1-5
                     ^
cron "cron(0 2 ? * SAT-SUN *)": day of week range SAT-SUN runs backwards; write SAT,SUN
                   ^^^^^^^
cron "cron(0 2 ? * 2-6/2 *)": AWS does not document a step in the day of week; write MON,WED,FRI
                   ^^^^^
cron "cron(0 2 1 DEC-FEB ? *)": month range DEC-FEB runs backwards; write DEC,JAN,FEB
                 ^^^^^^^
cron "cron(0 0 31 4 ? *)": no date from 1970 to 2199 matches, so it can never fire
               ^^^^
cron "cron(0 2 W * ? *)": AWS does not document W; it documents L on its own, and W after one day, such as 15W
               ^
cron "cron(0 2 32W * ? *)": day of month 32 is out of range; allowed are 1-31
               ^^
cron "cron(0 2 31W * ? *)": AWS does not document 31W in a month without day 31, such as month 2; name the months that have it, or write L for the last day
               ^^^
cron "cron(0 2 29W 2 ? *)": AWS does not document 29W in a month without day 29, such as month 2; name the months that have it, or write L for the last day
               ^^^
cron "cron(0 2 ? * MON-8 *)": day of week 8 is out of range; allowed are 1-7 or SUN-SAT; in EventBridge Sunday is 1
                       ^
cron "cron(0 2 ? * 0 *)": day of week 0 is out of range; allowed are 1-7 or SUN-SAT; in EventBridge Sunday is 1
                   ^
cron "cron(0 2 ? * 8L *)": day of week 8 is out of range; allowed are 1-7 or SUN-SAT; in EventBridge Sunday is 1
                   ^
cron "cron(0 2 ? * FRIL *)": AWS does not document FRIL; it documents L on its own, L after one number, such as 6L, and one #, such as 3#2; write 6L
                   ^^^^
cron "cron(0 2 ? * TUE#2 *)": AWS does not document TUE#2; it documents L on its own, L after one number, such as 6L, and one #, such as 3#2; write 3#2
                   ^^^^^
cron "cron(0 2 ? * 3#6 *)": a month has no weekday number 6; allowed are 1-5
                     ^
cron "cron(0 2 ? * 3#1,6#3 *)": with # only one day can be named; write a schedule for each
                   ^^^^^^^
cron "cron(0 2 ? * 2,6L *)": AWS does not document 2,6L; it documents L on its own, L after one number, such as 6L, and one #, such as 3#2
                   ^^^^
cron "cron(0 2 ? * 3W *)": AWS does not document 3W; it documents L on its own, L after one number, such as 6L, and one #, such as 3#2
                   ^^
cron "cron(0 2 ? * FRI-MON *)": day of week range FRI-MON runs backwards; write FRI,SAT,SUN,MON
                   ^^^^^^^
cron "cron(0 2 ? * 2/2 *)": AWS does not document a step in the day of week; write MON,WED,FRI
                   ^^^
cron "cron(0 2 ? * */2 *)": AWS does not document a step in the day of week; write SUN,TUE,THU,SAT
                   ^^^
cron "cron(10-40/5 * * * ? *)": AWS does not document a step on a range; write 10,15,20,25,30,35,40
           ^^^^^^^
cron "cron(10-59/5 * * * ? *)": AWS does not document a step on a range; write 10/5
           ^^^^^^^
cron "cron(0 20-4 * * ? *)": hour range 20-4 runs backwards; write 20-23,0-4
             ^^^^
cron "cron(0 0 1 1 ? 1969)": year 1969 is out of range; allowed are 1970-2199
                     ^^^^
cron "cron(0 0 1 1 ? 2200)": year 2200 is out of range; allowed are 1970-2199
                     ^^^^
cron "cron(0 0 1 1 ? 2030-2020)": year range 2030-2020 runs backwards; write 2020-2030
                     ^^^^^^^^^
cron "cron(0 0 30 2 ? *)": no date from 1970 to 2199 matches, so it can never fire
               ^^^^
cron "cron(0 0 29 2 ? 2027,2100)": no date from 1970 to 2199 matches, so it can never fire
               ^^^^^^^^^^^^^^^^
cron "cron(0 0 ? 2 3#5 2027)": no date from 1970 to 2199 matches, so it can never fire
               ^^^^^^^^^^^^
`);

const AT = rowsOf(`
at "2027-07-01T02:00:30": due times are whole minutes; the only seconds allowed are 00
                     ^^
at "2027-02-30T02:00": there is no such day; 2027-02 has 28 days
    ^^^^^^^^^^
at "2027-13-01T02:00": month 13 is out of range; allowed are 1-12
         ^^
at "2027-07-00T02:00": day of month 0 is out of range; allowed are 1-31
            ^^
at "2027-07-01T24:00": hour 24 is out of range; allowed are 0-23
               ^^
at "2027-07-01T02:60": minute 60 is out of range; allowed are 0-59
                  ^^
at "1969-12-31T00:00": year 1969 is out of range; allowed are 1970-2199
    ^^^^
at "2200-01-01T00:00": year 2200 is out of range; allowed are 1970-2199
    ^^^^
at "2027-07-01T02:00Z": the time is local to timezone and takes no offset; leave it out and write timezone: 'UTC'
                    ^
at "2027-07-01T02:00+02:00": the time is local to timezone and takes no offset; leave it out
                    ^^^^^^
at "2027-07-01T02:00 CET": nothing may follow YYYY-MM-DDTHH:mm
                    ^^^^
at "2027-07-01 02:00": not a local date-time; allowed is YYYY-MM-DDTHH:mm, such as 2027-01-01T02:00
    ^^^^^^^^^^^^^^^^
at "2027-07-01": not a local date-time; allowed is YYYY-MM-DDTHH:mm, such as 2027-01-01T02:00
    ^^^^^^^^^^
at "tomorrow": not a local date-time; allowed is YYYY-MM-DDTHH:mm, such as 2027-01-01T02:00
    ^^^^^^^^
at "at(2027-07-01T02:00:00)": at( ) is not needed; write 2027-07-01T02:00
    ^^^^^^^^^^^^^^^^^^^^^^^
at "rate(1 hour)": rate counts from the instant EventBridge created the schedule, so nobody could say when it is due; write every: '1 hour'
    ^^^^^^^^^^^^
at "2027-03-28T02:00": Europe/Stockholm has no such time; its clocks go from 2027-03-28T02:00 to 2027-03-28T03:00; write 2027-03-28T03:00
    ^^^^^^^^^^^^^^^^
at "2027-03-28T02:30": Europe/Stockholm has no such time; its clocks go from 2027-03-28T02:00 to 2027-03-28T03:00; write 2027-03-28T03:00
    ^^^^^^^^^^^^^^^^
at "2027-10-31T02:30": Europe/Stockholm has this time twice, as its clocks go back; write timezone: 'UTC' and 2027-10-31T00:30 for the first or 2027-10-31T01:30 for the second
    ^^^^^^^^^^^^^^^^
at "2027-10-31T02:59": Europe/Stockholm has this time twice, as its clocks go back; write timezone: 'UTC' and 2027-10-31T00:59 for the first or 2027-10-31T01:59 for the second
    ^^^^^^^^^^^^^^^^
`);

const EVERY = rowsOf(`
every "7 minutes": not one of the intervals that divide an hour or a day; allowed are 1 minute, 2 minutes, 3 minutes, 4 minutes, 5 minutes, 6 minutes, 10 minutes, 12 minutes, 15 minutes, 20 minutes, 30 minutes, 1 hour, 2 hours, 3 hours, 4 hours, 6 hours, 8 hours, 12 hours, 1 day
       ^^^^^^^^^
every "60 minutes": not one of the intervals that divide an hour or a day; allowed are 1 minute, 2 minutes, 3 minutes, 4 minutes, 5 minutes, 6 minutes, 10 minutes, 12 minutes, 15 minutes, 20 minutes, 30 minutes, 1 hour, 2 hours, 3 hours, 4 hours, 6 hours, 8 hours, 12 hours, 1 day
       ^^^^^^^^^^
every "5 min": not one of the intervals that divide an hour or a day; allowed are 1 minute, 2 minutes, 3 minutes, 4 minutes, 5 minutes, 6 minutes, 10 minutes, 12 minutes, 15 minutes, 20 minutes, 30 minutes, 1 hour, 2 hours, 3 hours, 4 hours, 6 hours, 8 hours, 12 hours, 1 day
       ^^^^^
every "90 minutes": not one of the intervals that divide an hour or a day; allowed are 1 minute, 2 minutes, 3 minutes, 4 minutes, 5 minutes, 6 minutes, 10 minutes, 12 minutes, 15 minutes, 20 minutes, 30 minutes, 1 hour, 2 hours, 3 hours, 4 hours, 6 hours, 8 hours, 12 hours, 1 day
       ^^^^^^^^^^
every "rate(5 minutes)": rate counts from the instant EventBridge created the schedule, so nobody could say when it is due; write every: '5 minutes'
       ^^^^^^^^^^^^^^^
`);

const TIMEZONES = rowsOf(`
timezone "Europe/Stokholm": no such time zone; write Europe/Stockholm
          ^^^^^^^^^^^^^^^
timezone "europe/stockholm": time zone names are case-sensitive; write Europe/Stockholm
          ^^^^^^^^^^^^^^^^
timezone "EUROPE/STOCKHOLM": time zone names are case-sensitive; write Europe/Stockholm
          ^^^^^^^^^^^^^^^^
timezone "Stockholm": no such time zone; write Europe/Stockholm
          ^^^^^^^^^
timezone "America/New York": no such time zone; write America/New_York
          ^^^^^^^^^^^^^^^^
timezone "asia/kolkata": time zone names are case-sensitive; write Asia/Kolkata
          ^^^^^^^^^^^^
timezone "utc": time zone names are case-sensitive; write UTC
          ^^^
timezone "Mars/Olympus": no such time zone; write a place, such as Europe/Stockholm, or UTC
          ^^^^^^^^^^^^
timezone "": no such time zone; write a place, such as Europe/Stockholm, or UTC
          ^
timezone "+02:00": an offset is not a time zone: it knows no daylight saving; write a place, such as Europe/Stockholm, or UTC
          ^^^^^^
timezone "UTC+2": an offset is not a time zone: it knows no daylight saving; write a place, such as Europe/Stockholm, or UTC
          ^^^^^
timezone "GMT-5": an offset is not a time zone: it knows no daylight saving; write a place, such as Europe/Stockholm, or UTC
          ^^^^^
timezone "PST": an abbreviation is not an IANA time zone; write a place, such as America/New_York
          ^^^
timezone "IST": an abbreviation is not an IANA time zone; write a place, such as America/New_York
          ^^^
timezone "SystemV/PST8": no such time zone; write a place, such as Europe/Stockholm, or UTC
          ^^^^^^^^^^^^
timezone "US/Pacific-New": IANA has withdrawn this name, so EventBridge may not know it; write America/Los_Angeles
          ^^^^^^^^^^^^^^
timezone "Canada/East-Saskatchewan": IANA has withdrawn this name, so EventBridge may not know it; write America/Regina
          ^^^^^^^^^^^^^^^^^^^^^^^^
timezone "CEST": no such time zone; write a place, such as Europe/Stockholm, or UTC
          ^^^^
`);

const DEPLOYED = rowsOf(`
cron "rate(5 minutes)": rate counts from the instant EventBridge created the schedule, so nobody could say when it is due; write every: '5 minutes'
      ^^^^^^^^^^^^^^^
cron "0 2 * * *": not an EventBridge expression; allowed are cron(…) and at(…)
      ^^^^^^^^^
cron "bogus": not an EventBridge expression; allowed are cron(…) and at(…)
      ^^^^^
cron "": not an EventBridge expression; allowed are cron(…) and at(…)
      ^
at "at(2027-07-01T02:00)": EventBridge wants seconds; write 2027-07-01T02:00:00
       ^^^^^^^^^^^^^^^^
at "at(2027-07-01T02:00:30)": due times are whole minutes; the only seconds allowed are 00
                        ^^
at "at(2027-07-01T02:00:00": the closing ) is missing
                          ^
at "at(2027-02-30T02:00:00)": there is no such day; 2027-02 has 28 days
       ^^^^^^^^^^
cron "cron(0 0 31 2 ? *)": no date from 1970 to 2199 matches, so it can never fire
               ^^^^
cron "cron(bogus)": 1 field instead of 6: minute hour day-of-month month day-of-week year
           ^^^^^
`);

function refusalOf(read: () => unknown): InvalidExpressionError {
  try {
    read();
  } catch (error) {
    if (error instanceof InvalidExpressionError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

/** A value whose type says what a caller without a compiler did not check. */
const unchecked = (when: object): When => JSON.parse(JSON.stringify(when));

const messageOf = (read: () => unknown) => `\n${refusalOf(read).message}`;

describe('refuses five-field cron', () => {
  test.each(FIVE_FIELDS)('$written', ({ written: cron, message }) => {
    expect(messageOf(() => readWhen({ cron }, 'UTC'))).toBe(message);
  });
});

describe('refuses six fields without cron( )', () => {
  test.each(BARE_SIX_FIELDS)('$written', ({ written: cron, message }) => {
    expect(messageOf(() => readWhen({ cron }, 'UTC'))).toBe(message);
  });
});

describe('refuses EventBridge cron', () => {
  test.each(SIX_FIELDS)('$written', ({ written: cron, message }) => {
    expect(messageOf(() => readWhen({ cron }, 'UTC'))).toBe(message);
    expect(messageOf(() => readEventBridge(cron, 'UTC'))).toBe(message);
  });

  test('whose only time is in a daylight-saving gap', () => {
    expect(messageOf(() => readWhen({ cron: 'cron(30 2 29 3 ? 2026)' }, 'Europe/Stockholm'))).toBe(`
cron "cron(30 2 29 3 ? 2026)": it can never fire: clocks in Europe/Stockholm skip every time it names
      ^^^^^^^^^^^^^^^^^^^^^^`);
  });

  test('that is longer than EventBridge takes', () => {
    const odd = Array.from({ length: 30 }, (_, index) => index * 2 + 1).join();
    const years = Array.from({ length: 40 }, (_, index) => 2020 + index * 2).join();

    const { problem, cure } = refusalOf(() => readWhen({ cron: `cron(${odd} 0 1 1 ? ${years})` }, 'UTC'));

    expect(problem).toBe('EventBridge takes 256 characters, and this would be 298');
    expect(cure).toBe('write ranges instead of lists');
  });
});

describe('refuses at', () => {
  test.each(AT)('$written', ({ written: at, message }) => {
    expect(messageOf(() => readWhen({ at }, 'Europe/Stockholm'))).toBe(message);
  });

  test('on the day that Apia did not have', () => {
    expect(messageOf(() => readWhen({ at: '2011-12-30T12:00' }, 'Pacific/Apia'))).toBe(`
at "2011-12-30T12:00": Pacific/Apia has no such time; its clocks go from 2011-12-30T00:00 to 2011-12-31T00:00; write 2011-12-31T00:00
    ^^^^^^^^^^^^^^^^`);
  });
});

describe('refuses every', () => {
  test.each(EVERY)('$written', ({ written: every, message }) => {
    expect(messageOf(() => readWhen(unchecked({ every }), 'UTC'))).toBe(message);
  });

  test('at compile time too', () => {
    // @ts-expect-error: 7 minutes do not divide an hour
    expect(() => readWhen({ every: '7 minutes' }, 'UTC')).toThrow(InvalidExpressionError);
  });

  test('in a zone other than UTC', () => {
    expect(messageOf(() => readWhen({ every: '5 minutes' }, 'Europe/Stockholm'))).toBe(`
timezone "Europe/Stockholm": every 5 minutes counts from midnight UTC, where no hour is skipped or repeated; leave timezone out, or write cron, which follows the zone's clocks
          ^^^^^^^^^^^^^^^^`);
  });
});

describe('refuses a time zone', () => {
  test.each(TIMEZONES)('$written', ({ written: timezone, message }) => {
    expect(messageOf(() => readWhen({ cron: '0 2 * * *' }, timezone))).toBe(message);
    expect(messageOf(() => readEventBridge('cron(0 2 * * ? *)', timezone))).toBe(message);
  });
});

describe('refuses a deployed expression', () => {
  test.each(DEPLOYED)('$written', ({ written: expression, message }) => {
    expect(messageOf(() => readEventBridge(expression, 'Europe/Stockholm'))).toBe(message);
  });
});

describe('refuses a when', () => {
  test('that says it in two ways', () => {
    expect(messageOf(() => readWhen({ cron: '* * * * *', every: '5 minutes' }, 'UTC'))).toBe(`
every "5 minutes": cron is given too, and a schedule has one of cron, every, at
       ^^^^^^^^^`);
  });

  test('that says nothing', () => {
    expect(messageOf(() => readWhen(unchecked({}), 'UTC'))).toBe(`
cron "": one of cron, every, at is needed
      ^`);
  });

  test('whose cron is no text', () => {
    expect(messageOf(() => readWhen(unchecked({ cron: 5 }), 'UTC'))).toBe(`
cron "5": 1 field instead of 5: minute hour day-of-month month day-of-week
      ^`);
  });
});

describe('the error', () => {
  test('carries the place and the parts of its message', () => {
    const error = refusalOf(() => readWhen({ cron: '5/15 25 * * *' }, 'UTC'));

    expect({ ...error }).toEqual({
      name: 'InvalidExpressionError',
      code: 'INVALID_EXPRESSION',
      expression: '5/15 25 * * *',
      label: 'cron',
      offset: 0,
      length: 4,
      problem: 'a step needs a range; crons differ on what 5/15 means',
      cure: 'write 5-59/15',
    });
  });

  test('points into the text as it was written, spaces and all', () => {
    const { expression, offset, length } = refusalOf(() => readWhen({ cron: '  0   25 * * *' }, 'UTC'));

    expect(expression.slice(offset, offset + length)).toBe('25');
  });

  test('keeps its carets in place when the text holds tabs and line breaks', () => {
    expect(messageOf(() => readWhen({ cron: '0\t25\n* * *' }, 'UTC'))).toBe(`
cron "0 25 * * *": hour 25 is out of range; allowed are 0-23
        ^^`);
  });

  test('is told with words before it, carets moved along', () => {
    const error = refusalOf(() => readWhen({ cron: '0 25 * * *' }, 'UTC'));

    expect(`\n${describeProblem(error, 'schedule "nightly"')}`).toBe(`
schedule "nightly": cron "0 25 * * *": hour 25 is out of range; allowed are 0-23
                            ^^`);
  });
});

test.each(['TZ=Europe/Berlin 0 9 * * *', 'CRON_TZ=Europe/Berlin @daily'])(
  '%s names the option for the zone',
  (cron) => {
    expect(() => readWhen({ cron }, 'UTC')).toThrow(
      /an expression has no time zone in it; leave it out, and write the zone as timezone: 'Europe\/Berlin'\n/,
    );
  },
);
