import type { Context, SQSRecord } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import { deliveryOf } from '../../lib/lambda/delivery.ts';
import { DUE, scheduledRequest } from '../support/requests.ts';

const context = { logStreamName: 'stream', awsRequestId: 'request' } as Context;

/** The count that a delivery brings, of a message with this text in `belfry-attempts`. */
function countOf(stringValue: string | undefined) {
  const attribute = { dataType: 'Number', ...(stringValue === undefined ? {} : { stringValue }) };
  const record = {
    attributes: {},
    messageAttributes: { 'belfry-attempts': attribute },
  } as unknown as SQSRecord;
  return deliveryOf(record, scheduledRequest(), { context, deadline: DUE }).deadLetterAttempts;
}

describe('the count of a dead letter', () => {
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
