/** What the front hands to a service: a request that has passed the guard, its body read. */
export interface ServiceRequest {
  readonly method: string;
  /** Begins with a slash; still percent-encoded, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case; values of repeated headers are joined with a comma. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Aborted when the client has gone, so that a long poll ends without taking messages nobody will get. */
  readonly signal: AbortSignal;
}

export interface ServiceResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/**
 * One emulated AWS service. Expected errors are responses in the service's own protocol; what it throws
 * becomes a 500 in the protocol of the request.
 */
export type ServiceHandler = (request: ServiceRequest) => Promise<ServiceResponse>;

/**
 * A command of the control interface: JSON in, JSON out. A BelfryError that it throws is the sender's mistake, answered
 * with status 400; anything else is answered with 500.
 */
export type ControlHandler = (input: unknown) => Promise<unknown>;
