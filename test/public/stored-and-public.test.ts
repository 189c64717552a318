import { expect, test } from 'vitest';
import { FACTS_ATTRIBUTE } from '../../lib/channels/notice.ts';
import * as belfry from '../../lib/entry/belfry.ts';
import * as cdk from '../../lib/entry/cdk.ts';
import * as client from '../../lib/entry/client.ts';
import * as testing from '../../lib/entry/testing.ts';
import { type AttemptCause, TRIGGERS } from '../../lib/job/trigger.ts';
import { CHANNEL_ATTRIBUTE } from '../../lib/lambda/alerts.ts';
import { DEAD_LETTER_ATTRIBUTES } from '../../lib/lambda/reporter.ts';
import { METRIC_NAMESPACE, METRICS } from '../../lib/observe/metrics.ts';
import { formatRunMessage } from '../../lib/run/message.ts';
import type { AttemptOutcome, RunStatus, SkipReason } from '../../lib/run/record.ts';
import { TABLE } from '../../lib/store/dynamodb/keys.ts';
import { manualRequest } from '../support/requests.ts';
import { commandLines } from './commands.ts';
import { deployedNames } from './deployed-names.ts';
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
    events: loggedEvents(),
    metrics: { namespace: METRIC_NAMESPACE, metrics: METRICS },
    deployment: deployedNames(),
    commands: commandLines(),
    json: await printedJson(),
    exports: Object.fromEntries(Object.entries(ENTRIES).map(([path, module]) => [path, Object.keys(module).sort()])),
  };

  await expect(`${JSON.stringify(surface, undefined, 2)}\n`).toMatchFileSnapshot('stored-and-public.txt');
});
