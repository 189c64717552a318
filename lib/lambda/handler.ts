import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { bestEffort } from '../best-effort.ts';
import { unreachable } from '../errors.ts';
import type { Job } from '../job/job.ts';
import type { JobPolicy } from '../job/policy.ts';
import { logEvent } from '../observe/events.ts';
import type { Executed } from '../run/delivery.ts';
import { InvalidMessageError } from '../run/errors.ts';
import { executeRun } from '../run/execute-run.ts';
import { parseRunMessage } from '../run/message.ts';
import type { RunRequest } from '../run/ports.ts';
import { toRunError } from '../run/run-error.ts';
import { deliveryTimeouts } from '../run/timeouts.ts';
import { type MessageVisibility, messageVisibility } from '../store/sqs/message-visibility.ts';
import { epochMs } from '../units.ts';
import { deliveryOf } from './delivery.ts';
import { createRuntime, type Runtime, type RuntimeExtras } from './runtime.ts';
import type { ScheduleFacts } from './schedule-facts.ts';

/** What the generated entry of a function knows beside the job: what synth has worked out and checked. */
export interface HandlerOptions {
  readonly policy: JobPolicy;
  readonly schedules: Readonly<Record<string, ScheduleFacts>>;
}

/** Code that a function's entry imports for it: its policy's gate, and optional features only for jobs that use them. */
export interface HandlerExtras extends RuntimeExtras {
  /** What is done to each record first, where it comes from an emulator: `fillInScheduledTime`. */
  readonly adapt?: (record: SQSRecord, runtime: Runtime) => SQSRecord;
}

/**
 * The Lambda handler of a job, for an SQS event source mapping with a batch size of 1 and
 * `ReportBatchItemFailures`.
 *
 * Everything that can be wrong with the function's surroundings shows when its process starts, not
 * when its first run is due.
 *
 * @throws Error when a variable of the deployment is missing, or Powertools' idempotency is switched off
 */
export function createHandler(
  job: Job,
  options: HandlerOptions,
  { adapt, ...extras }: HandlerExtras,
): (event: SQSEvent, context: Context) => Promise<SQSBatchResponse> {
  const runtime = createRuntime(job, options, extras);
  return async (event, context) => {
    const batchItemFailures: { itemIdentifier: string }[] = [];
    for (const received of event.Records) {
      const record = adapt?.(received, runtime) ?? received;
      const { disposition, mustExit } = await handleRecord(record, context, runtime);
      if (disposition.kind !== 'acknowledge') batchItemFailures.push({ itemIdentifier: record.messageId });
      if (mustExit) await runtime.exit();
    }
    return { batchItemFailures };
  };
}

async function handleRecord(record: SQSRecord, context: Context, runtime: Runtime): Promise<Executed> {
  const visibility = messageVisibility(record.receiptHandle, runtime);
  // In this order: a pause between the two must make the lease longer, never shorter than the process lives.
  const remaining = context.getRemainingTimeInMillis();
  const deadline = epochMs(runtime.now() + remaining);
  const { redeliverAt } = deliveryTimeouts(runtime.policy, runtime.now(), deadline);
  // Beside the claim, not before it: six function timeouts is long to wait for a run whose process was killed.
  const shielded = step('set the visibility', () => visibility.hideUntil(redeliverAt), record, runtime);

  const request = await readRequest(record, runtime);
  const executed: Executed =
    request === undefined
      ? { disposition: { kind: 'acknowledge' }, mustExit: false }
      : await executeRun(deliveryOf(record, request, { context, deadline }), runtime.portsFor(context));
  await shielded;
  await follow(executed, record, { runtime, visibility });
  return executed;
}

/** Does with the message what its run's delivery came to, beside what Lambda does with the answer. */
async function follow(
  { disposition, mustExit }: Executed,
  record: SQSRecord,
  { runtime, visibility }: { runtime: Runtime; visibility: MessageVisibility },
): Promise<void> {
  switch (disposition.kind) {
    case 'postpone':
      return await step('postpone the message', () => visibility.hideUntil(disposition.until), record, runtime);
    case 'acknowledge':
      // The process ends before it can answer Lambda, so nobody else deletes the message.
      if (mustExit) {
        await step('delete the message', () => runtime.deleteMessage(record.receiptHandle), record, runtime);
      }
      return;
    case 'leave':
      return;
    default:
      return unreachable(disposition);
  }
}

/** A message that is no run's goes to the dead-letter queue as it is: it would be no better the next time. */
async function readRequest(record: SQSRecord, runtime: Runtime): Promise<RunRequest | undefined> {
  try {
    const request = parseRunMessage(record.body);
    if (request.job !== runtime.job.name) {
      throw new InvalidMessageError(
        `the message is for the job "${request.job}"; this function runs "${runtime.job.name}"`,
      );
    }
    return request;
  } catch (thrown) {
    if (!(thrown instanceof InvalidMessageError)) throw thrown;
    const error = toRunError(thrown);
    await runtime.reporter.sendDeadLetter({ body: record.body, attempts: 0, error });
    logEvent(runtime.log, 'message-refused', 'error', { messageId: record.messageId, error: runtime.logError(error) });
    return undefined;
  }
}

/** Changes a message whose run is safe. A failure is logged, not thrown: the message shows again by itself, only later. */
const step = (
  name: string,
  action: () => Promise<void>,
  { messageId }: SQSRecord,
  { log, logError }: Runtime,
): Promise<void> =>
  bestEffort(action, (error) =>
    logEvent(log, 'infrastructure-failed', 'warn', { step: name, messageId, error: logError(toRunError(error)) }),
  );
