import { describe, expect, test } from 'vitest';
import { cut, toRunError } from '../../lib/run/run-error.ts';

describe('a text that is cut', () => {
  test('says that it was cut, and stays within its length', () => {
    expect(cut('abcdef', 4)).toBe('abc…');
    expect(cut('abcd', 4)).toBe('abcd');
  });

  // SQS refuses it (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html), and with it the letter.
  test('never holds half a character, neither cut by us nor brought along', () => {
    expect(cut('ab🔔cd', 4)).toBe('ab\ufffd…');
    expect(cut('a\ud83db', 9)).toBe('a\ufffdb');
    expect(cut('a🔔b', 9)).toBe('a🔔b');
    expect(toRunError(new Error(`${'x'.repeat(998)}🔔!`)).message).toMatch(/x\ufffd…$/);
  });
});
