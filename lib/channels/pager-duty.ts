import type { PagerDutyRegion } from '../job/stages.ts';
import type { AlertKind } from '../observe/alert.ts';
import { ownEntry } from '../own-entry.ts';
import { cut } from '../run/run-error.ts';
import { toIso } from '../units.ts';
import { layOut } from './layout.ts';
import { episodeKey, isList, type Notice } from './notice.ts';
import type { ChannelRequest } from './ports.ts';

/** https://developer.pagerduty.com/docs/events-api-v2-overview */
const HOSTS: Readonly<Record<PagerDutyRegion, string>> = {
  us: 'https://events.pagerduty.com',
  eu: 'https://events.eu.pagerduty.com',
};
const MAX_SUMMARY = 1024;
const MAX_DEDUP_KEY = 255;
/** Of 512 KB for an event. */
const MAX_DETAIL = 50_000;

type Severity = 'critical' | 'error' | 'warning' | 'info';

const SEVERITIES: Readonly<Record<AlertKind, Severity>> = {
  'run-failed': 'error',
  'runs-missed': 'error',
  'schedule-not-deployed': 'warning',
  'schedule-disabled': 'warning',
  'runs-waiting': 'error',
  'dead-letters': 'error',
  'run-slow': 'warning',
  'no-subscriber': 'warning',
  alarm: 'error',
  'job-alert': 'warning',
};

export interface PagerDutySettings {
  readonly routingKey: string;
  readonly region?: PagerDutyRegion;
}

/**
 * Events of the Events API v2: a story is one incident, resolved when it is over; a list has an event for each of its
 * alerts. A delayed alert whose story is over by now has none, since nothing would resolve its incident. A story that begins
 * once more is another incident, which a delayed end of the first does not resolve. What a job sends itself, and a run that
 * was slow and has ended, have no end: a person resolves their incidents.
 */
export function formatPagerDuty(notice: Notice, settings: PagerDutySettings): readonly ChannelRequest[] {
  const { facts, overSince, overEpisodes } = notice;
  if (!isList(facts)) return overSince === undefined ? [requestFor(notice, notice.subject, settings)] : [];
  return facts.each.flatMap(({ subject, ...each }, index) => {
    if (each.isOver !== true && overEpisodes?.has(episodeKey(each))) return [];
    const summary = subject ?? `${each.story}: ${notice.subject}`;
    // Its place in the list: what is left out in a later try moves no other.
    return [{ ...requestFor({ ...notice, facts: each }, summary, settings), part: String(index) }];
  });
}

function requestFor(notice: Notice, summary: string, { routingKey, region = 'us' }: PagerDutySettings): ChannelRequest {
  const { deployment, facts, body } = notice;
  const { text, fields, links, command } = layOut(notice);
  const details = Object.fromEntries(fields.map(({ label, value }) => [label.toLowerCase(), value]));
  const event = {
    routing_key: routingKey,
    event_action: facts.isOver === true ? 'resolve' : 'trigger',
    dedup_key: cut(`belfry:${deployment}:${facts.since}:${facts.story}`, MAX_DEDUP_KEY),
    client: 'Belfry',
    payload: {
      summary: cut(summary || '-', MAX_SUMMARY),
      source: deployment,
      severity: ownEntry(SEVERITIES, facts.kind) ?? 'error',
      timestamp: toIso(notice.at),
      ...(facts.job === undefined ? {} : { component: facts.job }),
      class: facts.kind,
      custom_details: { ...details, command, error: cut(text, MAX_DETAIL), text: cut(body, MAX_DETAIL) },
    },
    links: links.map(({ label, url }) => ({ href: url, text: label })),
  };
  return { url: `${HOSTS[region]}/v2/enqueue`, body: JSON.stringify(event) };
}
