import type { GetScheduleCommandOutput } from '@aws-sdk/client-scheduler';
import { ApiError } from '../local/scheduler/errors.ts';
import { Fields } from '../local/scheduler/fields.ts';
import type { ScheduleSettings } from '../local/scheduler/model.ts';
import { readSettings } from '../local/scheduler/validation.ts';
import { epochMs } from '../units.ts';

/** What a schedule asks for, or why it cannot be done here. */
export type Reading =
  | { readonly kind: 'supported'; readonly settings: ScheduleSettings }
  | { readonly kind: 'unsupported'; readonly reason: string };

/** A name without a dot: those of FIFO queues end in `.fifo`. */
const STANDARD_QUEUE = /^arn:[^:]+:sqs:[^:]*:[^:]*:[^:.]+$/;

/** Reads a schedule as strictly as EventBridge would when it is created, since emulators take nearly anything. */
export function readSchedule(output: GetScheduleCommandOutput): Reading {
  const { StartDate, EndDate, Target: target } = output;
  if (!STANDARD_QUEUE.test(target?.Arn ?? '')) {
    return unsupported(`its target ${target?.Arn ?? '(none)'} is no standard SQS queue, and only those are sent to`);
  }
  const fields = new Fields({
    ScheduleExpression: output.ScheduleExpression,
    ScheduleExpressionTimezone: output.ScheduleExpressionTimezone,
    StartDate: toWireInstant(StartDate),
    EndDate: toWireInstant(EndDate),
    State: output.State,
    FlexibleTimeWindow: output.FlexibleTimeWindow,
    ActionAfterCompletion: output.ActionAfterCompletion,
    Target: target,
  });
  try {
    // A StartDate must not be past when a schedule is created, and this one was created long ago.
    return { kind: 'supported', settings: readSettings(fields, epochMs(StartDate?.getTime() ?? 0)) };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return unsupported(error.message);
  }
}

const unsupported = (reason: string): Reading => ({ kind: 'unsupported', reason });

const toWireInstant = (date: Date | undefined): number | undefined => date && date.getTime() / 1000;
