import type { AlertMessage } from '../job/context.ts';
import type { RunError, RunRecord } from '../run/record.ts';
import { cut, errorLines } from '../run/run-error.ts';
import { type EpochMs, toIso } from '../units.ts';
import { FUNCTION_PHRASES, headline } from './headline.ts';

/** SNS takes subjects of less than 100 characters. https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
export const LONGEST_SUBJECT = 99;

export interface FailureAlertOptions {
  readonly app: string;
  readonly stage: string;
  readonly logGroup: string;
  /** Absent on the embedded cloud, which has no console. */
  readonly region?: string | undefined;
  /** The zone of the schedule's expression. */
  readonly timezone?: string | undefined;
}

/** What people are told when a run has failed for good: enough to judge it, and where to look first. */
export function describeFailure(run: RunRecord, error: RunError, options: FailureAlertOptions): AlertMessage {
  const { app, stage } = options;
  const [what = '', ...behind] = errorLines(error);
  const firstLine = headline(stage, FUNCTION_PHRASES['run-failed'], what, run.job);
  const stageOption = options.region === undefined ? '' : ` --stage ${stage}`;
  const lines = [
    firstLine,
    ...behind,
    '',
    `Run          ${run.id}`,
    `Schedule     ${run.schedule ?? `none (${run.trigger})`}`,
    `Scheduled    ${scheduledText(run.scheduledTime, options.timezone)}`,
    `Attempts     ${run.attempt}`,
    `Log lines    ${logLines(run, options)}`,
    `Dead letter  ${app}-${stage}-${run.job}-dlq`,
    `Show it      npm run belfry -- show '${run.id}'${stageOption}`,
  ];
  return { subject: cut(firstLine, LONGEST_SUBJECT), body: lines.join('\n') };
}

export function scheduledText(scheduledTime: EpochMs, timezone?: string): string {
  const utc = `${toIso(scheduledTime).slice(0, 16).replace('T', ' ')} UTC`;
  if (timezone === undefined || timezone === 'UTC') return utc;
  const local = new Intl.DateTimeFormat('sv-SE', { timeZone: timezone, dateStyle: 'short', timeStyle: 'short' }).format(
    scheduledTime,
  );
  return `${local} ${timezone} (${utc})`;
}

/** A link to them, or where there is no console, where they are. */
function logLines({ id, attempts }: RunRecord, { logGroup, region }: FailureAlertOptions): string {
  const { logStream = '', requestId } = attempts.at(-1) ?? {};
  if (region === undefined) return `${logGroup}, stream ${logStream}, request ${requestId}`;
  // The console escapes names in its fragments twice, and writes `$` for the second `%`.
  const [group, stream, filter] = [logGroup, logStream, `?filterPattern=${JSON.stringify(id)}`].map((text) =>
    encodeURIComponent(encodeURIComponent(text)).replaceAll('%', '$'),
  );
  const ofOthers = region.startsWith('us-gov-') ? 'amazonaws-us-gov.com' : 'aws.amazon.com';
  const host = region.startsWith('cn-') ? 'amazonaws.cn' : ofOthers;
  return `https://${region}.console.${host}/cloudwatch/home?region=${region}#logsV2:log-groups/log-group/${group}/log-events/${stream}${filter}`;
}
