import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SQSClient } from '@aws-sdk/client-sqs';

/** Where an emulator listens, and as whom to call it. */
export interface Connection {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

/** The clients that a tick calls the endpoint with. Whoever made them destroys them, after `stop()`. */
export interface TickClients {
  readonly scheduler: SchedulerClient;
  readonly sqs: SQSClient;
}

/** One connection a call: one that is kept would fail the first call after the emulator was started again. */
const AGENT = { keepAlive: false };

/** Clients that give every call one try of at most 5 s: the next look, or the next attempt to deliver, is the second. */
export function tickClients(connection: Connection): TickClients {
  const requestHandler = {
    connectionTimeout: 1000,
    requestTimeout: 5000,
    throwOnRequestTimeout: true,
    httpAgent: AGENT,
    httpsAgent: AGENT,
  };
  const config = { ...connection, maxAttempts: 1, requestHandler };
  return {
    scheduler: new SchedulerClient(config),
    // LocalStack's queue URLs name hosts of its own, which another machine, or a container, may not resolve.
    sqs: new SQSClient({ ...config, useQueueUrlAsEndpoint: false }),
  };
}
