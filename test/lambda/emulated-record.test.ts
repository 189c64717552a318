import type { SQSRecord } from 'aws-lambda';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { fillInScheduledTime } from '../../lib/lambda/emulated-record.ts';
import { parseRunMessage, scheduleTargetInput } from '../../lib/run/message.ts';

const SENT_AT = Date.parse('2027-03-02T02:00:59.999Z');
const entry = { job: 'report', schedule: 'nightly', input: { region: 'eu' } };

describe('a message that an emulator has sent for a schedule', () => {
  let fillIn: typeof fillInScheduledTime;
  const warn = vi.fn();

  // A fresh module is a fresh process: it warns once.
  beforeEach(async () => {
    vi.resetModules();
    warn.mockReset();
    ({ fillInScheduledTime: fillIn } = await import('../../lib/lambda/emulated-record.ts'));
  });

  const recordOf = (body: string) => ({ body, attributes: { SentTimestamp: String(SENT_AT) } }) as SQSRecord;
  const receive = (body: string) => fillIn(recordOf(body), { log: { warn } as never });

  test('is of the minute in which it was sent, when the scheduled time was not filled in', () => {
    const { body } = receive(scheduleTargetInput(entry));

    expect(parseRunMessage(body)).toMatchObject({ run: 'report/2027-03-02T02:00Z/nightly', input: { region: 'eu' } });
  });

  test('is of that minute too, when the emulator has written its JSON anew', () => {
    const { body } = receive(JSON.stringify(JSON.parse(scheduleTargetInput(entry)), undefined, 1));

    expect(parseRunMessage(body).run).toBe('report/2027-03-02T02:00Z/nightly');
  });

  test('is what it was when nobody knows when it was sent', () => {
    const record = { ...recordOf(scheduleTargetInput(entry)), attributes: {} } as SQSRecord;

    expect(fillIn(record, { log: { warn } as never })).toBe(record);
  });

  test('is what it was when the scheduled time was filled in', () => {
    const filledIn = scheduleTargetInput(entry).replace('<aws.scheduler.scheduled-time>', '2027-03-02T01:00:00Z');

    expect(receive(filledIn).body).toBe(filledIn);
    expect(warn).not.toHaveBeenCalled();
  });

  test('keeps an input that holds the words, to be refused with it', () => {
    const body = '{"v":1,"input":"<aws.scheduler.scheduled-time>"}';

    expect(receive(body).body).toBe(body);
  });

  test('is warned of once a process', () => {
    receive(scheduleTargetInput(entry));
    receive(scheduleTargetInput(entry));

    expect(warn.mock.calls).toEqual([
      ['scheduled-time-guessed', expect.objectContaining({ event: 'scheduled-time-guessed' })],
    ]);
  });
});
