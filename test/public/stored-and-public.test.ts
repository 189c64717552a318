import { expect, test } from 'vitest';
import { formatRunEnd } from '../../lib/channels/event-bridge.ts';
import type { Notice } from '../../lib/channels/notice.ts';
import { FACTS_ATTRIBUTE } from '../../lib/channels/notice.ts';
import { formatWebhook } from '../../lib/channels/webhook.ts';
import * as belfry from '../../lib/entry/belfry.ts';
import * as cdk from '../../lib/entry/cdk.ts';
import * as client from '../../lib/entry/client.ts';
import * as testing from '../../lib/entry/testing.ts';
import { LOCAL_CHANNELS } from '../../lib/environment.ts';
import { type AttemptCause, TRIGGERS } from '../../lib/job/trigger.ts';
import { CHANNEL_ATTRIBUTE } from '../../lib/lambda/alerts.ts';
import { DEAD_LETTER_ATTRIBUTES } from '../../lib/lambda/reporter.ts';
import { METRIC_NAMESPACE, METRICS } from '../../lib/observe/metrics.ts';
import { formatRunMessage } from '../../lib/run/message.ts';
import type { AttemptOutcome, RunStatus, SkipReason } from '../../lib/run/record.ts';
import { TABLE } from '../../lib/store/dynamodb/keys.ts';
import { DUE, manualRequest } from '../support/requests.ts';
import { commandLines } from './commands.ts';
import { deployedNames } from './deployed-names.ts';
import { FULL_ALERT } from './full-alert.ts';
import { FULL_ERROR } from './full-error.ts';
import { loggedEvents } from './logged-events.ts';
import { printedJson } from './printed-json.ts';
import { shapeOf } from './shape.ts';
import { readStored } from './stored-attributes.ts';

/** By what `package.json` exports. */
const ENTRIES = { '.': belfry, './cdk': cdk, './client': client, './testing': testing };

/** Values that records hold. The compiler asks for each new one. */
const STATUSES: Readonly<Record<RunStatus, true>> = {
  pending: true,
  running: true,
  retrying: true,
  completed: true,
  failed: true,
  cancelled: true,
  skipped: true,
  missed: true,
};
const REASONS: Readonly<Record<SkipReason, true>> = {
  overlap: true,
  'buffer-full': true,
  replaced: true,
  'too-late': true,
  paused: true,
  calendar: true,
  'skip-next': true,
};
const OUTCOMES: Readonly<Record<AttemptOutcome, true>> = {
  completed: true,
  failed: true,
  'timed-out': true,
  lost: true,
};
const CAUSES: Readonly<Record<AttemptCause, true>> = { first: true, retry: true, crash: true, redrive: true };

/** An event of EventBridge's with everything that it may have. */
function runEndEvent(): object {
  const times = { scheduledTime: DUE, startedAt: DUE, finishedAt: DUE, missedAt: DUE };
  const skip = { reason: 'overlap', calendar: 'holidays', blockedBy: 'run' };
  const run = { runId: 'run', job: 'report', schedule: 'nightly', trigger: 'schedule', attempt: 1 };
  const after = { ...run, ...times, ...skip, status: 'failed', error: FULL_ERROR };
  const { Detail = '{}', ...event } = formatRunEnd({ before: undefined, after, at: DUE / 1000 }, 'shop-dev') ?? {};
  return { ...event, Time: undefined, Detail: JSON.parse(Detail) };
}

/** What a generic webhook is sent: an alert, and a list of alerts. */
async function webhookBodies(): Promise<object> {
  const list = { id: 'message', at: DUE, deployment: 'shop-dev', ...FULL_ALERT };
  const { each: _, ...facts } = FULL_ALERT.facts;
  const format = (notice: Notice) => formatWebhook(notice, { url: '', secret: 'secret' }, DUE);
  const { body, headers = {} } = await format({ ...list, overSince: DUE, facts });
  return {
    headers: Object.keys(headers),
    body: shapeOf(JSON.parse(body)),
    list: shapeOf(JSON.parse((await format(list)).body)),
  };
}

/**
 * Records, logs, alarms and scripts outlive a release: whatever is stored or public keeps its name. A change of the file is
 * a change for users: it takes an entry in CHANGELOG.md, and for what is stored a way to read what was there before.
 */
test('what is stored or public is as it was', async () => {
  const surface = {
    table: { keys: TABLE, ...(await readStored()) },
    values: {
      statuses: Object.keys(STATUSES),
      reasons: Object.keys(REASONS),
      outcomes: Object.keys(OUTCOMES),
      causes: Object.keys(CAUSES),
      triggers: TRIGGERS,
    },
    message: shapeOf(JSON.parse(formatRunMessage(manualRequest()))),
    deadLetterAttributes: { ...DEAD_LETTER_ATTRIBUTES, channel: CHANNEL_ATTRIBUTE },
    alertAttribute: FACTS_ATTRIBUTE,
    localChannels: LOCAL_CHANNELS,
    runEndEvent: shapeOf(runEndEvent()),
    webhook: await webhookBodies(),
    events: loggedEvents(),
    metrics: { namespace: METRIC_NAMESPACE, metrics: METRICS },
    deployment: deployedNames(),
    commands: commandLines(),
    json: await printedJson(),
    exports: Object.fromEntries(Object.entries(ENTRIES).map(([path, module]) => [path, Object.keys(module).sort()])),
  };

  await expect(`${JSON.stringify(surface, undefined, 2)}\n`).toMatchFileSnapshot('stored-and-public.txt');
});
