import { describe, expect, test } from 'vitest';
import { readConnection, readEndpoint } from '../../lib/cli/commands/connection.ts';

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
  ])('is refused where AWS itself fires: %s', (url) => {
    expect(() => readEndpoint(url)).toThrow(/fired twice/);
  });

  test.each(['127.0.0.1:4566', 'localhost', 'ftp://127.0.0.1', ''])(
    'is refused where it is no web address: "%s"',
    (text) => {
      expect(() => readEndpoint(text)).toThrow(/http or https URL/);
    },
  );
});

describe('the connection', () => {
  const endpoint = 'http://127.0.0.1:4566';

  test("has the shell's key pair and region", () => {
    const shell = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret', AWS_DEFAULT_REGION: 'eu-north-1' };

    expect(readConnection({ endpoint }, shell)).toEqual({
      endpoint,
      region: 'eu-north-1',
      credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
    });
  });

  test.each([{}, { AWS_ACCESS_KEY_ID: 'id' }, { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: '' }])(
    'has what emulators take where the pair is not whole: %j',
    (shell) => {
      expect(readConnection({ endpoint }, shell)).toEqual({
        endpoint,
        region: 'us-east-1',
        credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      });
    },
  );

  test('is in the region of the option before any other', () => {
    const shell = { AWS_DEFAULT_REGION: 'eu-north-1' };

    expect(readConnection({ endpoint, region: 'eu-west-1' }, shell).region).toBe('eu-west-1');
  });
});
