import type { PagerDutyRegion } from '../job/stages.ts';
import type { AlertKind } from '../observe/alert.ts';
import { ownEntry } from '../own-entry.ts';
import { cut } from '../run/run-error.ts';
import { toIso } from '../units.ts';
import { layOut } from './layout.ts';
import type { Notice } from './notice.ts';
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
 * An event of the Events API v2: a story is one incident, resolved when it is over.
 *
 * @returns undefined for a delayed alert whose story is over by now, since nothing would resolve its incident
 */
export function formatPagerDuty(
  notice: Notice,
  { routingKey, region = 'us' }: PagerDutySettings,
): ChannelRequest | undefined {
  if (notice.overSince !== undefined) return undefined;
  const { deployment, facts, body } = notice;
  const { isOver, title, text, fields, links, command } = layOut(notice);
  const details = Object.fromEntries(fields.map(({ label, value }) => [label.toLowerCase(), value]));
  const event = {
    routing_key: routingKey,
    event_action: isOver ? 'resolve' : 'trigger',
    dedup_key: cut(`belfry:${deployment}:${facts.story}`, MAX_DEDUP_KEY),
    client: 'Belfry',
    payload: {
      summary: cut(title, MAX_SUMMARY),
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
