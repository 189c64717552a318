import type { Context, SQSRecord } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import { deliveryOf } from '../../lib/lambda/delivery.ts';
import type { RunRequest } from '../../lib/run/ports.ts';
import { DUE, scheduledRequest } from '../support/requests.ts';

const context = { logStreamName: 'stream', awsRequestId: 'request' } as Context;

/** The count that a delivery brings, of a message with this text in `belfry-attempts`. */
function countOf(stringValue: string | undefined, body: Partial<RunRequest> = {}) {
  const attribute = { dataType: 'Number', ...(stringValue === undefined ? {} : { stringValue }) };
  const record = {
    attributes: {},
    messageAttributes: { 'belfry-attempts': attribute },
  } as unknown as SQSRecord;
  return deliveryOf(record, scheduledRequest(body), { context, deadline: DUE }).deadLetterAttempts;
}

describe('the count of a dead letter', () => {
  test('is read from its body, where an older version that refused it has put another into the attribute', () => {
    const story = { attempts: 3, firstError: '', lastError: '' };
    const counts = [undefined, '0', '2'].map((attribute) => countOf(attribute, { deadLetter: story }));

    expect(counts).toEqual([3, 3, 3]);
  });

  test.each([
    ['3', 3],
    ['0', 0],
  ])('is read from its attribute: %s', (text, count) => {
    expect(countOf(text)).toBe(count);
  });

  test.each([undefined, '-1', '1.5', '1e400', 'NaN', 'three', '99999999999999999999'])(
    'is absent where the attribute is not a count: %s',
    (text) => {
      expect(countOf(text)).toBeUndefined();
    },
  );
});
