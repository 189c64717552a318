import { expect, test } from 'vitest';
import { isNotSupported } from './support/not-supported.ts';

/** As the SDK makes them of an answer. */
const answered = (name: string, message: string, httpStatusCode = 400): Error =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode } });

test.each([
  ['an action that it does not know', answered('InvalidAction', 'The action X is not valid for this endpoint.')],
  [
    'what is not implemented',
    answered('InternalFailure', 'The start_message_move_task action has not been implemented'),
  ],
  ['status 501', answered('Unknown', 'UnknownError', 501)],
])('a cloud that answers with %s does not support it', (_, error) => {
  expect(isNotSupported(error)).toBe(true);
});

test.each([
  ['refused credentials', answered('AccessDeniedException', 'no')],
  ['a missing queue', answered('QueueDoesNotExist', 'The specified queue does not exist.')],
  ['an assertion that fails', new Error('expected 1 to be 2: not supported')],
])('a check that fails with %s has failed', (_, error) => {
  expect(isNotSupported(error)).toBe(false);
});
