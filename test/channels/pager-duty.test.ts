import { describe, expect, test } from 'vitest';
import { episodeKey, type Notice } from '../../lib/channels/notice.ts';
import { formatPagerDuty } from '../../lib/channels/pager-duty.ts';
import type { AlertKind } from '../../lib/observe/alert.ts';
import { epochMs } from '../../lib/units.ts';
import { FACTS, FAILED_AT, notice, textNotice } from './notices.ts';

const routingKey = 'R0UT1NGK3Y';

const eventOf = (about: Notice) => JSON.parse(formatPagerDuty(about, { routingKey })[0]?.body ?? 'null');

test('a story that begins once more is another incident, which the end of the first leaves open', () => {
  const of = (since: number, isOver: boolean) =>
    eventOf(notice({ facts: { story: 'failed:report', since: epochMs(since), isOver } })).dedup_key;

  expect(of(2, false)).not.toBe(of(1, true));
  expect(of(2, true)).toBe(of(2, false));
});

test('a story that begins triggers an incident with all that is known', () => {
  expect(eventOf(notice())).toEqual({
    routing_key: routingKey,
    event_action: 'trigger',
    dedup_key: expect.stringMatching(/^belfry:shop-prod:\d+:failed:report$/),
    client: 'Belfry',
    payload: {
      summary: '[prod] report failed: TypeError: no connection',
      source: 'shop-prod',
      severity: 'error',
      timestamp: '2027-03-02T01:00:04.000Z',
      component: 'report',
      class: 'run-failed',
      custom_details: {
        job: 'report',
        run: FACTS.run,
        since: '2027-03-02 01:00 UTC',
        attempts: '3',
        command: FACTS.command,
        error: FACTS.error,
        text: notice().body,
      },
    },
    links: [{ href: FACTS.links?.[0]?.url, text: 'Log lines' }],
  });
});

test('the end of a story resolves the incident that its beginning has triggered', () => {
  const [begins, ends] = [eventOf(notice()), eventOf(notice({ id: 'other', facts: { isOver: true } }))];

  expect(ends.event_action).toBe('resolve');
  expect(ends.dedup_key).toBe(begins.dedup_key);
});

test('the end of an episode resolves its incident, also when a later one has begun', () => {
  expect(eventOf(notice({ facts: { isOver: true }, begunSince: epochMs(1) })).event_action).toBe('resolve');
});

test('a delayed alert whose story is over triggers nothing, since nothing would resolve it', () => {
  expect(formatPagerDuty(notice({ overSince: epochMs(1) }), { routingKey })).toEqual([]);
});

test.each([
  [1024, 1024],
  [1025, 1024],
])('a summary of %i characters has %i', (length, cutTo) => {
  expect(eventOf(textNotice('', 'x'.repeat(length))).payload.summary).toHaveLength(cutTo);
});

test('a key of a story has at most 255 characters', () => {
  expect(eventOf(notice({ facts: { story: 'x'.repeat(400) } })).dedup_key).toHaveLength(255);
});

test('an event keeps within 512 KB', () => {
  const [{ body = '' } = {}] =
    formatPagerDuty(notice({ body: '👩'.repeat(120_000), facts: { error: '👩'.repeat(120_000) } }), { routingKey }) ??
    {};

  expect(Buffer.byteLength(body)).toBeLessThan(512_000);
});

test.each<[AlertKind, string]>([
  ['run-failed', 'error'],
  ['run-slow', 'warning'],
  ['alarm', 'error'],
])('an alert of the kind %s has the severity %s', (kind, severity) => {
  expect(eventOf(notice({ facts: { kind } })).payload.severity).toBe(severity);
});

test('a kind of a later version is an error', () => {
  expect(eventOf(notice({ facts: { kind: 'constructor' as AlertKind } })).payload.severity).toBe('error');
});

test.each([
  ['us', 'https://events.pagerduty.com/v2/enqueue'],
  ['eu', 'https://events.eu.pagerduty.com/v2/enqueue'],
] as const)('an account in the region %s is reached at %s', (region, url) => {
  expect(formatPagerDuty(notice(), { routingKey, region })[0]?.url).toBe(url);
});

describe('a list of alerts', () => {
  const each = ['failed:report', 'failed:invoice', 'missed:nightly'].map((story, index) => ({
    kind: 'run-failed' as const,
    story,
    since: FAILED_AT,
    job: story.slice(7),
    isOver: index === 1,
  }));
  const list = (more: Partial<Notice> = {}) => notice({ subject: '[prod] 3 alerts: …', ...more, facts: { each } });
  const eventsOf = (about: Notice) => formatPagerDuty(about, { routingKey }).map(({ body }) => JSON.parse(body));

  test('is an event for each, so that each incident is resolved by itself', () => {
    expect(eventsOf(list()).map((event) => [event.event_action, event.dedup_key, event.payload.summary])).toEqual([
      ['trigger', `belfry:shop-prod:${FAILED_AT}:failed:report`, 'failed:report: [prod] 3 alerts: …'],
      ['resolve', `belfry:shop-prod:${FAILED_AT}:failed:invoice`, 'failed:invoice: [prod] 3 alerts: …'],
      ['trigger', `belfry:shop-prod:${FAILED_AT}:missed:nightly`, 'missed:nightly: [prod] 3 alerts: …'],
    ]);
  });

  test('that was delayed triggers nothing that is over by now', () => {
    const keys = eventsOf(
      list({ overEpisodes: new Set([episodeKey({ story: 'failed:report', since: FAILED_AT })]) }),
    ).map((event) => event.dedup_key);

    expect(keys).toEqual(['failed:invoice', 'missed:nightly'].map((story) => `belfry:shop-prod:${FAILED_AT}:${story}`));
  });

  test('that was delayed triggers a later episode of a story whose earlier one is over', () => {
    const earlier = episodeKey({ story: 'failed:report', since: epochMs(1) });

    expect(eventsOf(list({ overEpisodes: new Set([earlier]) }))).toHaveLength(3);
  });

  test('that was delayed resolves what its first delivery may have triggered', () => {
    const ends = eventsOf(
      list({ overEpisodes: new Set([episodeKey({ story: 'failed:invoice', since: FAILED_AT })]) }),
    ).map((event) => event.event_action);

    expect(ends).toEqual(['trigger', 'resolve', 'trigger']);
  });
});
