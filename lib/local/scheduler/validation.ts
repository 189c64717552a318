import { InvalidExpressionError } from '../../cron/index.ts';
import { type EpochMs, MINUTE, milliseconds, seconds } from '../../units.ts';
import { dueTimesOf, isOneTime } from './due-times.ts';
import { ApiError } from './errors.ts';
import type { Fields, TextRule } from './fields.ts';
import type { ScheduleSettings, ScheduleTarget } from './model.ts';

/** https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html */
export const NAME: TextRule = { max: 64, pattern: /^[0-9a-zA-Z-_.]+$/ };
export const CLIENT_TOKEN: TextRule = { max: 64, pattern: /^[a-zA-Z0-9-_]+$/ };
const EXPRESSION: TextRule = { max: 256 };
const TIMEZONE: TextRule = { max: 50 };
const DESCRIPTION: TextRule = { min: 0, max: 512 };
const KMS_KEY: TextRule = {
  max: 2048,
  pattern: /^arn:aws(-[a-z]+)?:kms:[a-z0-9-]+:\d{12}:(key|alias)\/[0-9a-zA-Z-_]*$/,
};
const ROLE: TextRule = { max: 1600, pattern: /^arn:aws(-[a-z]+)?:iam::\d{12}:role\/[\w+=,.@/-]+$/ };
const TARGET: TextRule = { max: 1600 };
/** A name without a dot: FIFO queues cannot be dead-letter queues of a schedule. */
const STANDARD_QUEUE = /^arn:aws(-[a-z]+)?:sqs:[a-z0-9-]+:\d{12}:[a-zA-Z0-9\-_]+$/;
const DEAD_LETTER_QUEUE: TextRule = { max: 1600, pattern: STANDARD_QUEUE };

const INPUT_LIMIT_BYTES = 256 * 1024;
const RETRY_ATTEMPTS = { min: 0, max: 185 };
const EVENT_AGE_SECONDS = { min: 60, max: 86_400 };
const WINDOW_MINUTES = { min: 1, max: 1440 };
const MAX_START_AGE = 5 * MINUTE;

/**
 * Reads what CreateSchedule and UpdateSchedule have in common. What is absent takes EventBridge's default, so an
 * update resets every field that it is not sent.
 *
 * @throws ApiError ValidationException, also for targets that AWS allows and the embedded cloud has not: anything
 * but a standard SQS queue
 */
export function readSettings(fields: Fields, now: EpochMs): ScheduleSettings {
  const settings: ScheduleSettings = {
    expression: fields.requiredText('ScheduleExpression', EXPRESSION),
    timezone: fields.text('ScheduleExpressionTimezone', TIMEZONE) ?? 'UTC',
    startsAt: fields.instant('StartDate'),
    endsAt: fields.instant('EndDate'),
    description: fields.text('Description', DESCRIPTION),
    kmsKeyArn: fields.text('KmsKeyArn', KMS_KEY),
    isEnabled: fields.choice('State', ['ENABLED', 'DISABLED']) !== 'DISABLED',
    flexibleWindow: readWindow(fields.requiredObject('FlexibleTimeWindow'), fields.has('FlexibleTimeWindow')),
    deletesAfterCompletion: fields.choice('ActionAfterCompletion', ['NONE', 'DELETE']) === 'DELETE',
    target: readTarget(fields.requiredObject('Target')),
  };
  fields.refuseViolations();
  refuseUnsupportedTarget(fields.requiredObject('Target'), settings.target);
  refuseExpression(settings, now);
  if (!isOneTime(settings.expression)) refuseDates(settings, now);
  return settings;
}

function readWindow(fields: Fields, isGiven: boolean): ScheduleSettings['flexibleWindow'] {
  const mode = isGiven ? fields.requiredChoice('Mode', ['OFF', 'FLEXIBLE']) : 'OFF';
  const minutes = fields.whole('MaximumWindowInMinutes', WINDOW_MINUTES);
  if (mode === 'OFF') return undefined;
  if (minutes !== undefined) return milliseconds(minutes * MINUTE);
  throw invalid('MaximumWindowInMinutes must be provided when FlexibleTimeWindow.Mode is FLEXIBLE.');
}

function readTarget(fields: Fields): ScheduleTarget {
  const retry = fields.object('RetryPolicy');
  return {
    arn: fields.requiredText('Arn', TARGET),
    roleArn: fields.requiredText('RoleArn', ROLE),
    input: fields.text('Input', { max: Number.POSITIVE_INFINITY }),
    deadLetterArn: fields.object('DeadLetterConfig')?.text('Arn', DEAD_LETTER_QUEUE),
    maxRetryAttempts: retry?.whole('MaximumRetryAttempts', RETRY_ATTEMPTS) ?? RETRY_ATTEMPTS.max,
    maxEventAge: seconds(retry?.whole('MaximumEventAgeInSeconds', EVENT_AGE_SECONDS) ?? EVENT_AGE_SECONDS.max),
  };
}

const OTHER_TARGETS = [
  'EcsParameters',
  'EventBridgeParameters',
  'EventBridgePutEventsV2Parameters',
  'EventBridgePutRawEventsParameters',
  'KinesisParameters',
  'SageMakerPipelineParameters',
  'SqsParameters',
];

function refuseUnsupportedTarget(fields: Fields, target: ScheduleTarget): void {
  if (Buffer.byteLength(target.input ?? '') > INPUT_LIMIT_BYTES) {
    throw invalid(`Target.Input must not be larger than ${INPUT_LIMIT_BYTES} bytes.`);
  }
  const other = OTHER_TARGETS.find((name) => fields.has(name));
  if (other !== undefined) {
    throw invalid(`Target.${other} is not supported here: the embedded cloud delivers to standard SQS queues only.`);
  }
  if (STANDARD_QUEUE.test(target.arn)) return;
  throw invalid(
    `Target.Arn ${target.arn} is not supported here: the embedded cloud delivers to standard SQS queues only.`,
  );
}

function refuseExpression(settings: ScheduleSettings, now: EpochMs): void {
  const { expression, timezone } = settings;
  try {
    dueTimesOf({ ...settings, anchor: now });
  } catch (error) {
    if (!(error instanceof InvalidExpressionError)) throw error;
    const what =
      error.label === 'timezone' ? `ScheduleExpressionTimezone ${timezone}` : `Schedule Expression ${expression}`;
    const cure = error.cure === undefined ? '' : `; ${error.cure}`;
    throw new ApiError('ValidationException', `Invalid ${what}: ${error.problem}${cure}.`, { cause: error });
  }
}

/** Not for one-time schedules, which ignore both. */
function refuseDates({ startsAt, endsAt }: ScheduleSettings, now: EpochMs): void {
  if (startsAt === undefined) return;
  if (startsAt < now - MAX_START_AGE) {
    throw invalid('The StartDate you specify cannot be earlier than 5 minutes ago.');
  }
  if (endsAt !== undefined && startsAt >= endsAt) {
    throw invalid('The StartDate you specify must come before the EndDate.');
  }
}

const invalid = (message: string): ApiError => new ApiError('ValidationException', message);
