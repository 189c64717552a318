import { buildApp } from 'fauxqs';
import type { ServiceResponse } from '../gateway/service.ts';
import { type TheirStores, toFauxqsStore } from './fauxqs-store.ts';
import type { QueueSet } from './queue-set.ts';

/** One request in the protocol of SQS (JSON) or SNS (form). */
export interface FauxqsCall {
  readonly contentType: 'application/x-amz-json-1.0' | 'application/x-www-form-urlencoded';
  /** `x-amz-target`, for JSON. */
  readonly target?: string;
  readonly body: string;
}

/** fauxqs without a port: requests are handed to its app within the process. */
export interface Fauxqs {
  call(call: FauxqsCall): Promise<ServiceResponse>;
  close(): Promise<void>;
}

export function createFauxqs(queues: QueueSet): Fauxqs {
  // It makes the other stores itself.
  const stores = { sqsStore: toFauxqsStore(queues) } as TheirStores;
  const app = buildApp({ logger: false, defaultRegion: queues.region, stores });

  return {
    async call({ contentType, target, body }) {
      // Without the client's Authorization: fauxqs would take the region from it, and the cloud has one only.
      const headers = { host: '127.0.0.1', 'content-type': contentType, ...(target && { 'x-amz-target': target }) };
      const answer = await app.inject({ method: 'POST', url: '/', headers, payload: body });
      if (answer.statusCode >= 500) throw new Error(`fauxqs: ${answer.body}`);
      return { status: answer.statusCode, headers: textHeaders(answer.headers), body: answer.body };
    },
    async close() {
      await app.close();
    },
  };
}

/** Errors that SQS names without the prefix that fauxqs gives to all of them. An SDK takes the name from the header. */
const PREFIXED =
  /^AWS\.SimpleQueueService\.((?:Invalid(?:MessageContents|AttributeName|AttributeValue|ParameterValue|IdFormat)|OverLimit|ReceiptHandleIsInvalid|MissingParameter);)/;

function textHeaders(headers: Readonly<Record<string, unknown>>): Record<string, string> {
  const kept = ['content-type', 'x-amzn-query-error', 'x-amz-request-id'];
  return Object.fromEntries(
    kept.flatMap((name) => (headers[name] === undefined ? [] : [[name, `${headers[name]}`.replace(PREFIXED, '$1')]])),
  );
}
