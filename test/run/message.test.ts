import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InvalidMessageError } from '../../lib/run/errors.ts';
import {
  formatRunMessage,
  LARGEST_MESSAGE,
  LARGEST_STORY,
  parseRunMessage,
  type RunMessage,
  scheduleTargetInput,
} from '../../lib/run/message.ts';
import { parseRunId, requestedRunId, scheduledRunId } from '../../lib/run/run-id.ts';
import { runKey } from '../../lib/store/dynamodb/keys.ts';
import { epochMs, MINUTE } from '../../lib/units.ts';
import { DUE } from '../support/requests.ts';

const jobs = fc.stringMatching(/^[a-z][a-z0-9-]{0,39}$/);
const schedules = fc.stringMatching(/^[a-z0-9][a-z0-9.-]{0,39}$/);
const ulids = fc.stringMatching(/^[0-9A-HJKMNP-TV-Z]{26}$/);
const minutes = fc.integer({ min: 0, max: 120_000_000 }).map((minute) => epochMs(minute * MINUTE));
const instants = fc.integer({ min: 0, max: 7_200_000_000_000 }).map(epochMs);

const STORY = { attempts: 3, firstError: 'Error: no connection', lastError: 'four' };
const MESSAGE: RunMessage = {
  v: 1,
  run: 'report/2027-03-02T02:00Z/nightly',
  job: 'report',
  schedule: 'nightly',
  scheduledTime: DUE,
  trigger: 'schedule',
  input: null,
};

describe('a run id', () => {
  test('gives back the parts it was made of', () => {
    fc.assert(
      fc.property(jobs, schedules, minutes, ulids, instants, (job, schedule, minute, ulid, instant) => {
        expect(parseRunId(scheduledRunId(job, schedule, minute))).toEqual({
          job,
          scheduledTime: minute,
          occasion: schedule,
        });
        expect(parseRunId(requestedRunId(job, instant, ulid))).toEqual({
          job,
          scheduledTime: instant,
          occasion: `~${ulid}`,
        });
      }),
    );
  });

  test('is the same for every second of its minute', () => {
    expect(scheduledRunId('report', 'nightly', epochMs(Date.parse('2027-03-02T02:00:59.999Z')))).toBe(
      'report/2027-03-02T02:00Z/nightly',
    );
  });

  test('of any other text is none, and never an exception', () => {
    fc.assert(
      fc.property(fc.string(), (text) => parseRunId(`x/${text}`) === undefined || parseRunId(`x/${text}`)?.job === 'x'),
    );
    for (const text of [
      '',
      '/',
      'a/b/c',
      'report/2027-02-30T02:00Z/nightly',
      'report/2027-03-02T02:00Z/nightly/more',
      'Report/2027-03-02T02:00Z/nightly',
      'report/2027-03-02T02:00Z/~short',
    ]) {
      expect(parseRunId(text)).toBeUndefined();
    }
  });

  test('sorts in the table as its due time does', () => {
    fc.assert(
      fc.property(minutes, minutes, (one, other) => {
        const keys = [one, other].map((minute) => runKey(scheduledRunId('report', 'nightly', minute)).sk) as [
          string,
          string,
        ];
        expect(keys[0] < keys[1]).toBe(one < other);
      }),
    );
  });
});

describe('a message', () => {
  test('comes back as it was sent', () => {
    fc.assert(
      fc.property(jobs, schedules, minutes, fc.jsonValue({ maxDepth: 5 }), (job, schedule, scheduledTime, input) => {
        const run = scheduledRunId(job, schedule, scheduledTime);
        const message = {
          v: 1,
          run,
          job,
          schedule,
          scheduledTime,
          trigger: 'schedule',
          input: JSON.parse(JSON.stringify(input)),
        } as const;
        fc.pre(!/"(__proto__|constructor|prototype)":|<aws\.scheduler\./.test(JSON.stringify(input)));

        expect(parseRunMessage(formatRunMessage(message))).toEqual(message);
      }),
    );
  });

  test('has no character that SQS refuses, and comes back whole all the same', () => {
    const run = 'report/2027-03-02T02:00Z/nightly';
    const message = {
      v: 1,
      run,
      job: 'report',
      schedule: 'nightly',
      scheduledTime: DUE,
      trigger: 'schedule',
      input: { text: '\ufffe \uffff \ud800 \u0000' },
    } as const;

    const body = formatRunMessage(message);

    // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
    expect(body).toMatch(/^[\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]*$/u);
    expect(parseRunMessage(body)).toEqual(message);
  });

  test('from EventBridge holds nothing that SQS refuses, whatever its input', () => {
    const body = scheduleTargetInput({
      job: 'report',
      schedule: 'nightly',
      input: { text: '\ufffe \uffff \ud800 \u0000' },
    });

    expect(body).toMatch(/^[\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]*$/u);
  });

  test('from EventBridge gets its run id from the due time that was filled in', () => {
    const body = scheduleTargetInput({ job: 'report', schedule: 'nightly', input: { region: 'eu' } });

    expect(parseRunMessage(body.replace('<aws.scheduler.scheduled-time>', '2027-03-02T02:00:00Z'))).toMatchObject({
      run: 'report/2027-03-02T02:00Z/nightly',
      trigger: 'schedule',
      input: { region: 'eu' },
    });
  });

  test.each([
    { what: 'no object', deadLetter: 'letter', says: /deadLetter is "letter"; allowed: an object/ },
    { what: 'a list', deadLetter: [3], says: /a field of deadLetter is "0"/ },
    { what: 'nothing', deadLetter: null, says: /deadLetter is null/ },
    { what: 'no count', deadLetter: { firstError: 'x', lastError: 'y' }, says: /attempts of deadLetter is missing/ },
    { what: 'half a count', deadLetter: { ...STORY, attempts: 1.5 }, says: /attempts of deadLetter is 1.5/ },
    { what: 'less than nothing', deadLetter: { ...STORY, attempts: -1 }, says: /attempts of deadLetter is -1/ },
    { what: 'a count in words', deadLetter: { ...STORY, attempts: '3' }, says: /attempts of deadLetter is "3"/ },
    {
      what: 'an error that is no text',
      deadLetter: { ...STORY, lastError: { secret: 's3cret' } },
      says: /are not texts/,
    },
    { what: 'a field that nobody knows', deadLetter: { ...STORY, more: 1 }, says: /a field of deadLetter is "more"/ },
    {
      what: 'a key that reaches a prototype',
      deadLetter: JSON.parse('{"attempts":1,"firstError":"","lastError":"","__proto__":{}}'),
      says: /a field of deadLetter is "__proto__"/,
    },
  ])('whose story of a dead letter is $what is refused, and none of it but names and counts is quoted', (broken) => {
    const body = JSON.stringify({ ...JSON.parse(formatRunMessage(MESSAGE)), deadLetter: broken.deadLetter });

    expect(() => parseRunMessage(body)).toThrow(broken.says);
    expect(() => parseRunMessage(body)).not.toThrow('s3cret');
  });

  test('that is a dead letter comes back with its story, which may be beyond the size of other messages', () => {
    const size = (message: RunMessage) => new TextEncoder().encode(formatRunMessage(message)).length;
    const input = 'x'.repeat(LARGEST_MESSAGE - size({ ...MESSAGE, input: '' }));
    const largest: RunMessage = { ...MESSAGE, input };
    const deadLetter = { ...largest, deadLetter: STORY };
    const longest = { ...STORY, lastError: 'x'.repeat(LARGEST_STORY - (size(deadLetter) - LARGEST_MESSAGE) + 4) };

    expect(size(largest)).toBe(LARGEST_MESSAGE);
    expect(parseRunMessage(formatRunMessage(largest))).toEqual(largest);
    expect(parseRunMessage(formatRunMessage(deadLetter))).toEqual(deadLetter);
    expect(size({ ...largest, deadLetter: longest })).toBe(LARGEST_MESSAGE + LARGEST_STORY);
    expect(parseRunMessage(formatRunMessage({ ...largest, deadLetter: longest })).deadLetter).toEqual(longest);
    for (const [tooLong, allowed] of [
      [{ ...largest, input: `${input}x` }, 65_536],
      [{ ...largest, input: { deadLetter: input } }, 65_536],
      [{ ...largest, deadLetter: { ...longest, firstError: `${longest.firstError}x` } }, 69_632],
    ] as const) {
      expect(() => parseRunMessage(formatRunMessage(tooLong))).toThrow(`bytes; allowed are ${allowed}`);
    }
  });

  test('is read or refused, whatever it is, with no other error (5,000 cases)', () => {
    const almost = fc.record(
      {
        v: fc.constantFrom<unknown>(1, 2, '1', null),
        run: fc.oneof(fc.constant(null), fc.string(), fc.jsonValue()),
        job: fc.oneof(jobs, fc.jsonValue()),
        schedule: fc.oneof(schedules, fc.jsonValue()),
        scheduledTime: fc.oneof(fc.constant('2027-03-02T02:00:00Z'), fc.jsonValue()),
        trigger: fc.oneof(fc.constant('schedule'), fc.jsonValue()),
        input: fc.jsonValue(),
        deadLetter: fc.oneof(fc.constant(undefined), fc.jsonValue(), fc.constant(STORY)),
      },
      { requiredKeys: [] },
    );
    const bodies = fc.oneof(
      fc.string(),
      fc.json(),
      almost.map((message) => JSON.stringify(message)),
    );

    fc.assert(
      fc.property(bodies, (body) => {
        try {
          expect(parseRunMessage(body).v).toBe(1);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidMessageError);
        }
      }),
      { numRuns: 5000 },
    );
  });
});
