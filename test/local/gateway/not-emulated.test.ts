import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { cbor } from '@smithy/core/cbor';
import { expect, test } from 'vitest';
import { clientConfig } from '../support/cloud.ts';
import { setup, signedFor } from './support.ts';

const once = { attempts: 1, httpStatusCode: 400 };
const Bucket = 'reports';

async function setupClients() {
  const notices: string[] = [];
  const { front, send } = await setup({ onNotEmulated: ({ service }) => notices.push(service) });
  // The defaults of the SDK: three attempts, if it believed that another could help.
  return { notices, send, config: clientConfig(front.origin) };
}

test('the S3 client shows at once that there is no S3, and what to set', async () => {
  const { config } = await setupClients();

  const reading = new S3Client(config).send(new GetObjectCommand({ Bucket, Key: 'a' }));

  await expect(reading).rejects.toMatchObject({
    name: 'ServiceNotEmulated',
    message:
      "Belfry's embedded cloud has no s3. Set AWS_ENDPOINT_URL_S3 in .belfry.env to a fake or a real one, " +
      'e.g. AWS_ENDPOINT_URL_S3=http://127.0.0.1:9000',
    $metadata: once,
  });
});

test('an upload larger than any body limit gets the same answer', async () => {
  const { config } = await setupClients();

  const writing = new S3Client(config).send(new PutObjectCommand({ Bucket, Key: 'a', Body: Buffer.alloc(8_000_000) }));

  await expect(writing).rejects.toMatchObject({ name: 'ServiceNotEmulated', $metadata: once });
});

test('a HEAD request, whose answer has no room for words, is told to the cloud', async () => {
  const { config, notices } = await setupClients();

  const looking = new S3Client(config).send(new HeadObjectCommand({ Bucket, Key: 'a' }));

  await expect(looking).rejects.toMatchObject({ $metadata: once });
  expect(notices).toEqual(['s3']);
});

test.each([
  ['JSON', 'sqs', (config: Config) => new SQSClient(config).send(new ListQueuesCommand({}))],
  ['query', 'sns', (config: Config) => new SNSClient(config).send(new PublishCommand({ Message: 'x' }))],
  ['REST', 'scheduler', (config: Config) => new SchedulerClient(config).send(new GetScheduleCommand({ Name: 'x' }))],
])('a client of the %s protocol shows the same', async (_, service, call) => {
  const { config } = await setupClients();

  await expect(call(config)).rejects.toMatchObject({
    name: 'ServiceNotEmulated',
    message: expect.stringContaining(`has no ${service}. Set AWS_ENDPOINT_URL_${service.toUpperCase()} in .belfry.env`),
    $metadata: once,
  });
});

type Config = ReturnType<typeof clientConfig>;

test('a client of the CBOR protocol is answered in CBOR', async () => {
  const { send } = await setupClients();
  const headers = { authorization: signedFor('monitoring'), 'smithy-protocol': 'rpc-v2-cbor' };

  const answer = await send({ path: '/service/GraniteServiceVersion20100801/operation/PutMetricData', headers });

  expect(answer.headers).toMatchObject({ 'smithy-protocol': 'rpc-v2-cbor', 'content-type': 'application/cbor' });
  expect(cbor.deserialize(answer.body)).toEqual({
    __type: 'ServiceNotEmulated',
    message: expect.stringContaining('Set AWS_ENDPOINT_URL_CLOUDWATCH in .belfry.env'),
  });
});

test.each([
  ['secretsmanager', 'SECRETS_MANAGER'],
  ['states', 'SFN'],
  ['execute-api', 'EXECUTE_API'],
  ['ssm', 'SSM'],
])('for requests signed as %s the SDK’s variable is AWS_ENDPOINT_URL_%s', async (service, name) => {
  const { send } = await setupClients();

  const { body } = await send({ headers: { authorization: signedFor(service) } });

  expect(JSON.parse(body.toString()).message).toContain(`AWS_ENDPOINT_URL_${name}=`);
});
