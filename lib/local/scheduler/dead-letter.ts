import { PermanentDeliveryError } from './errors.ts';
import { type AttemptContext, toSecondsIso } from './substitution.ts';

/** The limit of its retry policy that a message ran into. */
export type ExhaustedCondition = 'MaximumRetryAttempts' | 'MaximumEventAgeInSeconds';

/** Why a message is in the dead-letter queue. */
export interface DeadLetterCause {
  readonly code: string;
  readonly message: string;
  /** Absent for an error that was not worth a retry. */
  readonly condition?: ExhaustedCondition | undefined;
}

// What AWS writes when the fault is Scheduler's own: here, when the error does not say whose it is.
const UNKNOWN_CODE = 'AWS.Scheduler.InternalServerError';
const UNKNOWN_MESSAGE = 'Unexpected error occurred while processing the request';

export function causeOf(error: unknown, condition: ExhaustedCondition | undefined): DeadLetterCause {
  if (!(error instanceof Error)) return { code: UNKNOWN_CODE, message: String(error) || UNKNOWN_MESSAGE, condition };
  const message = error.message || UNKNOWN_MESSAGE;
  if (error instanceof PermanentDeliveryError) return { code: error.targetCode, message, condition };
  return { code: error.name === 'Error' ? UNKNOWN_CODE : error.name, message, condition };
}

/**
 * The message attributes of a dead letter, all of type String. `TARGET_ARN` is the target's ARN as the schedule holds
 * it; AWS documents its form for universal targets only.
 *
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
 */
export const attributesOf = (context: AttemptContext, cause: DeadLetterCause): Record<string, string> => ({
  ERROR_CODE: cause.code,
  ERROR_MESSAGE: cause.message,
  EXECUTION_ID: context.executionId,
  ...(cause.condition === undefined ? {} : { EXHAUSTED_RETRY_CONDITION: cause.condition }),
  IS_PAYLOAD_TRUNCATED: 'false',
  RETRY_ATTEMPTS: String(context.attempt - 1),
  SCHEDULED_TIME: toSecondsIso(context.scheduledTime),
  SCHEDULE_ARN: context.schedule.arn,
  TARGET_ARN: context.schedule.target.arn,
});
