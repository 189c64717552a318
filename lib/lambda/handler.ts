import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { Job } from '../job/job.ts';

/** What the generated entry of a function knows beside the job: the policies of its schedules. */
export interface HandlerOptions {
  readonly schedules: Readonly<Record<string, { readonly timezone: string }>>;
}

/** The Lambda handler of a job. */
export function createHandler(_job: Job, _options: HandlerOptions): (event: SQSEvent) => Promise<SQSBatchResponse> {
  return async () => ({ batchItemFailures: [] });
}
