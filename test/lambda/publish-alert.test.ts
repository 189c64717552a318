import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, test } from 'vitest';
import { publishAlert } from '../../lib/lambda/publish-alert.ts';
import type { AlertFacts } from '../../lib/observe/alert.ts';
import { DUE } from '../support/requests.ts';

const sns = mockClient(SNSClient);
beforeEach(() => void sns.reset());

const TOPIC = 'arn:aws:sns:us-east-1:1:app-dev-alerts';
const facts: AlertFacts = { kind: 'run-failed', story: 'failed:report', since: DUE, error: 'Error: “naïve” \ud800' };

test('an alert is sent as SNS takes it, whatever its text, with its facts beside it in ASCII or escaped', async () => {
  await publishAlert({ subject: '[dev] report failed: …', body: `half \ud800 ${'€'.repeat(200_000)}`, facts }, TOPIC);

  const [input] = sns.commandCalls(PublishCommand).map(({ args }) => args[0].input);
  expect(input).toMatchObject({ TopicArn: TOPIC, Subject: '[dev] report failed: ...' });
  expect(input?.Message).toMatch(/^half \ufffd €+\n\nCut here: SNS takes no more\.$/);
  const attribute = input?.MessageAttributes?.['belfry-alert']?.StringValue ?? '';
  expect(Buffer.byteLength(`${input?.Message}${attribute}`)).toBeLessThan(256 * 1024);
  expect(() => encodeURIComponent(attribute)).not.toThrow();
  expect(JSON.parse(attribute)).toEqual(facts);
});
