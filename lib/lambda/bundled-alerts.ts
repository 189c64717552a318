import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { readEnvironment } from '../environment.ts';
import { isObject } from '../is-object.ts';
import type { AlertMessage } from '../job/context.ts';
import type { Alert, AlertFacts } from '../observe/alert.ts';
import type { AlertStore } from '../observe/alert-store.ts';
import { bundleAlert } from '../observe/bundled-alert.ts';
import type { RunPorts } from '../run/delivery.ts';
import type { RunError, RunRecord } from '../run/record.ts';
import { cut, errorLine } from '../run/run-error.ts';
import { DynamoDbAlertStore } from '../store/dynamodb/dynamodb-alert-store.ts';
import type { EpochMs } from '../units.ts';
import { publishAlert } from './publish-alert.ts';

/** SNS takes 256 KB, and an item of the table 400: so many characters are below both, whatever their language. */
const MAX_BODY = 60_000;
const MAX_SUBJECT = 200;
const MAX_ERROR = 300;

/**
 * Bundles the alerts of a function: failed runs make one alert until their job has completed a run, and beyond a few alerts
 * a minute the watchdog sends them in lists. For stages that send alerts to people.
 */
export function bundleAlerts(ports: RunPorts, client: DynamoDBClient): RunPorts {
  const { table, alertTopicArn } = readEnvironment(process.env);
  const store = new DynamoDbAlertStore({ client, table });
  return withBundledAlerts(ports, store, (alert) => publishAlert(alert, alertTopicArn));
}

/** The same over any store and topic. */
export function withBundledAlerts(
  ports: RunPorts,
  alerts: AlertStore,
  publish: (alert: Alert) => Promise<void>,
): RunPorts {
  const { reporter, clock, describeFailure } = ports;
  const to = { alerts, publish, now: clock.now };
  return {
    ...ports,
    describeFailure: (run, error): FailureAlert => failureAlert(describeFailure(run, error), run, error),
    reporter: {
      ...reporter,
      alert: (message) => (isFailure(message) ? bundleFailure(message, to) : bundleOther(message, ports, to)),
    },
  };
}

/** An alert about a failed run, with what makes it the same when its delivery is repeated. */
interface FailureAlert extends Alert {
  readonly attemptAt: EpochMs;
}

type To = Parameters<typeof bundleAlert>[1];

const isFailure = (message: AlertMessage): message is FailureAlert => isObject(message) && 'attemptAt' in message;

function failureAlert(text: AlertMessage, run: RunRecord, error: RunError): FailureAlert {
  // A repeated delivery has it from the record, where it is the same: so is the story's beginning.
  const attemptAt = run.attempts.at(-1)?.startedAt ?? run.createdAt;
  const where = error.at === undefined ? '' : ` at ${error.at}`;
  const url = /^Log lines +(https:\S+)$/m.exec(text.body)?.[1];
  const command = /^Show it +(.+)$/m.exec(text.body)?.[1];
  const facts: AlertFacts = {
    kind: 'run-failed',
    story: `failed:${run.job}`,
    since: attemptAt,
    job: run.job,
    run: run.id,
    attempts: run.attempt,
    error: `${cut(errorLine(error), MAX_ERROR)}${where}`,
    ...(url === undefined ? {} : { links: [{ label: 'Log lines', url }] }),
    ...(command === undefined ? {} : { command }),
  };
  return { ...text, facts, attemptAt };
}

function bundleFailure({ subject, body, facts, attemptAt: at }: FailureAlert, to: To): Promise<void> {
  const id = `${facts.story}#${facts.run}#${facts.attempts}`;
  return bundleAlert({ alert: { ...cutText({ subject, body }), facts }, id, at, isStory: true }, to);
}

/** What a job sends itself is no story: each of its alerts is news. */
function bundleOther(message: AlertMessage, { job, clock }: RunPorts, to: To): Promise<void> {
  const now = clock.now();
  const story = `alert:${job.name}:${crypto.randomUUID()}`;
  const facts: AlertFacts = { kind: 'job-alert', story, since: now, job: job.name };
  // It comes from the user's code, and may be anything.
  const { subject, body } = message ?? {};
  const text = { subject: `${subject}`, body: `${body}` };
  return bundleAlert({ alert: { ...cutText(text), facts }, id: story, at: now }, to);
}

const cutText = ({ subject, body }: AlertMessage): AlertMessage => ({
  subject: cut(subject, MAX_SUBJECT),
  body: body.length <= MAX_BODY ? body : `${cut(body, MAX_BODY)}\n\nThe text was longer, and is cut here.`,
});
