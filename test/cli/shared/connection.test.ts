import { describe, expect, test } from 'vitest';
import { emulatorConnection, readEndpoint } from '../../../lib/cli/shared/connection.ts';

describe('the endpoint', () => {
  test.each(['http://127.0.0.1:4566', 'https://localhost.localstack.cloud:4566/', 'http://amazonaws.com.example.org'])(
    'may be %s',
    (url) => {
      expect(readEndpoint(url)).toBe(url);
    },
  );

  test.each([
    'https://scheduler.eu-north-1.amazonaws.com',
    'https://amazonaws.com',
    'https://SQS.US-EAST-1.AMAZONAWS.COM.',
    'https://sqs.cn-north-1.amazonaws.com.cn',
    'https://sqs.eu-north-1.api.aws',
    'http://proxy@sqs.eusc-de-east-1.amazonaws.eu:8080/path',
  ])('is refused where it is AWS itself: %s', (url) => {
    expect(() => readEndpoint(url)).toThrow(/This is AWS/);
  });

  test('is refused with a path, which no client of it would take along', () => {
    expect(() => readEndpoint('http://127.0.0.1:4566/foo')).toThrow(
      'Allowed is a URL without a path: http://127.0.0.1:4566.',
    );
  });

  test.each(['127.0.0.1:4566', 'localhost', 'ftp://127.0.0.1', ''])(
    'is refused where it is no web address: "%s"',
    (text) => {
      expect(() => readEndpoint(text)).toThrow(/http or https URL/);
    },
  );
});

test('a call to an emulator is signed by nobody', () => {
  expect(emulatorConnection({ endpoint: 'http://127.0.0.1:4566', region: 'eu-west-1' })).toEqual({
    endpoint: 'http://127.0.0.1:4566',
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
});
