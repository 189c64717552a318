import type { AlertMessage } from '../run/context.ts';
import type { RunError, RunRecord } from '../run/record.ts';
import { cut } from '../run/run-error.ts';
import { toIso } from '../units.ts';

/** SNS takes subjects of less than 100 characters. https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
export const LONGEST_SUBJECT = 99;
const LONGEST_ERROR = 300;

export interface FailureAlertOptions {
  readonly app: string;
  readonly stage: string;
  readonly logGroup: string;
  /** Absent on the embedded cloud, which has no console. */
  readonly region?: string;
  /** The zone of a schedule's expression, by the schedule's id. */
  readonly timezoneOf: (schedule: string) => string | undefined;
}

/** What people are told when a run has failed for good: enough to judge it, and where to look first. */
export function describeFailure(run: RunRecord, error: RunError, options: FailureAlertOptions): AlertMessage {
  const { app, stage, logGroup } = options;
  const what = oneLine(`${error.name}: ${error.message}`);
  const headline = `[${stage}] ${run.job} failed: ${cut(what, LONGEST_ERROR)}`;
  const last = run.attempts.at(-1);
  const lines = [
    headline,
    '',
    `Run        ${run.id}`,
    `Schedule   ${run.schedule ?? `none, asked for (${run.trigger})`}`,
    `Scheduled  ${scheduledText(run, options)}`,
    `Attempts   ${run.attempt}`,
    `Log lines  ${last === undefined ? logGroup : `${logGroup}, stream ${last.logStream}, request ${last.requestId}`}`,
    ...(options.region === undefined || last === undefined
      ? []
      : [`           ${consoleLink(logGroup, last.logStream, run.id, options.region)}`]),
    `Its letter ${app}-${stage}-${run.job}-dlq`,
    `Show it    npm run belfry -- show '${run.id}'${options.region === undefined ? '' : ` --stage ${stage}`}`,
  ];
  return { subject: cut(headline, LONGEST_SUBJECT), body: lines.join('\n') };
}

function scheduledText({ schedule, scheduledTime }: RunRecord, { timezoneOf }: FailureAlertOptions): string {
  const utc = `${toIso(scheduledTime).slice(0, 16).replace('T', ' ')} UTC`;
  const timezone = schedule === null ? undefined : timezoneOf(schedule);
  if (timezone === undefined || timezone === 'UTC') return utc;
  const local = new Intl.DateTimeFormat('sv-SE', { timeZone: timezone, dateStyle: 'short', timeStyle: 'short' }).format(
    scheduledTime,
  );
  return `${local} ${timezone} (${utc})`;
}

/** The console double-escapes names in its fragments: `%` becomes `$25`. */
function consoleLink(logGroup: string, logStream: string, runId: string, region: string): string {
  const doubleEscape = (text: string): string => encodeURIComponent(encodeURIComponent(text)).replaceAll('%', '$');
  const filter = doubleEscape(`?filterPattern=${JSON.stringify(runId)}`);
  return `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#logsV2:log-groups/log-group/${doubleEscape(logGroup)}/log-events/${doubleEscape(logStream)}${filter}`;
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();
