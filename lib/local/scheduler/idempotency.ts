import { isDeepStrictEqual } from 'node:util';
import { ApiError } from './errors.ts';

const REMEMBERED = 1000;

interface Remembered {
  readonly request: unknown;
  readonly output: object;
  readonly isStillTrue: () => boolean;
}

/** A call that is carried out once, however often it is sent. */
export interface TokenedCall {
  readonly operation: string;
  /** Undefined for a caller that sends none: then every call counts. */
  readonly token: string | undefined;
  readonly request: unknown;
  readonly perform: () => object;
  /** Whether the answer given then is no lie now; if it is, the call is carried out anew. */
  readonly isStillTrue: () => boolean;
}

/**
 * Answers of calls by their client token, the last thousand. The SDK sends the same token with every retry of a call.
 * AWS does not say how long it remembers.
 */
export class ClientTokens {
  readonly #calls = new Map<string, Remembered>();

  /** @throws ApiError ConflictException when the token came with another request before */
  once({ operation, token, request, perform, isStillTrue }: TokenedCall): object {
    if (token === undefined) return perform();
    const key = `${operation} ${token}`;
    const earlier = this.#calls.get(key);
    if (earlier?.isStillTrue()) {
      if (isDeepStrictEqual(earlier.request, request)) return earlier.output;
      throw new ApiError('ConflictException', `ClientToken ${token} was used with different parameters.`);
    }
    const output = perform();
    this.#calls.delete(key);
    this.#calls.set(key, { request, output, isStillTrue });
    const [oldest] = this.#calls.keys();
    if (this.#calls.size > REMEMBERED && oldest !== undefined) this.#calls.delete(oldest);
    return output;
  }
}
