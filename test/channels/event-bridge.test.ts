import { expect, test } from 'vitest';
import { formatRunEnd } from '../../lib/channels/event-bridge.ts';
import { hasEnded, RUN_STATUSES, type RunStatus } from '../../lib/run/record.ts';
import { FAILED_AT } from './notices.ts';

const ITEM = {
  pk: 'JOB#report',
  sk: 'RUN#x',
  runId: 'report/2027-03-02T01:00Z/nightly',
  job: 'report',
  schedule: 'nightly',
  scheduledTime: FAILED_AT - 4000,
  trigger: 'schedule',
  attempt: 3,
  startedAt: FAILED_AT - 3000,
  finishedAt: FAILED_AT,
  input: '{"password":"canary"}',
  result: '"canary"',
  error: { name: 'TypeError', message: 'canary', code: 'E1', at: 'functions/report.ts:1:2', stack: 'canary' },
};

const end = (status: RunStatus, before?: RunStatus) =>
  formatRunEnd(
    { before: before && { ...ITEM, status: before }, after: { ...ITEM, status }, at: FAILED_AT / 1000 },
    'shop-prod',
  );

test('the end of a run is an event with what applications need', () => {
  const event = end('failed', 'running');

  expect(event).toMatchObject({ Source: 'belfry', DetailType: 'Run Failed', Time: new Date(FAILED_AT) });
  expect(JSON.parse(event?.Detail ?? '')).toEqual({
    v: 1,
    deployment: 'shop-prod',
    run: ITEM.runId,
    job: 'report',
    schedule: 'nightly',
    outcome: 'failed',
    trigger: 'schedule',
    scheduledTime: '2027-03-02T01:00:00.000Z',
    startedAt: '2027-03-02T01:00:01.000Z',
    finishedAt: '2027-03-02T01:00:04.000Z',
    attempts: 3,
    error: { name: 'TypeError', code: 'E1', at: 'functions/report.ts:1:2' },
  });
});

test('an event has no input, no result and no message of an error', () => {
  expect(JSON.stringify(end('failed', 'running'))).not.toContain('canary');
});

test.each(RUN_STATUSES)('a run that goes to %s is an event if that is its end', (status) => {
  expect(end(status, 'running') !== undefined).toBe(hasEnded(status));
});

test.each([
  ['skipped', 'Run Skipped'],
  ['missed', 'Run Missed'],
  ['completed', 'Run Completed'],
] as const)('a record that is written as %s at once is the event %s', (status, type) => {
  expect(end(status)?.DetailType).toBe(type);
});

test('a change after the end is no second event', () => {
  expect(end('failed', 'failed')).toBeUndefined();
});

test('a run that goes on after its end, by hand, ends once more', () => {
  expect(end('running', 'failed')).toBeUndefined();
  expect(end('completed', 'running')?.DetailType).toBe('Run Completed');
});

test('an item that is deleted is no event', () => {
  expect(formatRunEnd({ before: { ...ITEM, status: 'completed' }, after: undefined, at: 1 }, 'x')).toBeUndefined();
});
