import {
  CreateQueueCommand,
  DeleteQueueCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { expect } from 'vitest';
import { check, cloud } from '../support/check.ts';
import { CheckSchedules, dueSoon, newName, once, type Schedule } from '../support/schedules.ts';

const schedules = new CheckSchedules(cloud);

/** Expressions that AWS's documents neither allow nor refuse. Belfry refuses them at synth. */
const CRON_FORMS = [
  '0 0 LW * ? *',
  '0 0 L-3 * ? *',
  '0 0 1W,15W * ? *',
  '0 0 1,L * ? *',
  '0 0 ? * FRI-MON *',
  '0 0 ? NOV-FEB 2 *',
  '0 0 ? * 2/2 *',
];

check('what AWS does not document of a schedule is taken, or refused as invalid', async (observe) => {
  for (const form of CRON_FORMS) observe(`cron(${form})`, await attempt({ ScheduleExpression: `cron(${form})` }));
  const daily = 'cron(0 0 * * ? *)';
  observe(
    'a zone that does not exist',
    await attempt({ ScheduleExpression: daily, ScheduleExpressionTimezone: 'Mars/Olympus' }),
  );
  const StartDate = new Date(Date.now() - 600_000);
  observe('a StartDate ten minutes ago', await attempt({ ScheduleExpression: daily, StartDate }));
});

/** Makes a schedule that is switched off, and deletes it again. @returns what the service said */
async function attempt(schedule: Omit<Schedule, 'Target'>): Promise<string> {
  const Target = await schedules.targetOf('probe-zone');
  try {
    await schedules.delete(await schedules.create({ ...schedule, Target, State: 'DISABLED' }));
    return 'taken';
  } catch (error) {
    const { name, message } = error as Error;
    expect(name).toBe('ValidationException');
    return `refused: ${message}`;
  }
}

check('a word that EventBridge does not document is sent as it stands, or left out', async (observe) => {
  const mark = newName();
  const name = await schedules.create({
    ScheduleExpression: once(dueSoon(cloud), 'UTC'),
    Target: {
      ...(await schedules.targetOf('undelivered')),
      Input: JSON.stringify({ mark, word: '<aws.scheduler.no-such-word>' }),
    },
  });
  try {
    const sent = await cloud.receive('undelivered', ({ Body }) => Body?.includes(mark) ?? false, 200);
    await cloud.delete('undelivered', sent);

    const { word } = JSON.parse(sent.Body ?? '{}');
    expect(['<aws.scheduler.no-such-word>', '', null, undefined]).toContain(word);
    observe('<aws.scheduler.no-such-word>', String(word));
  } finally {
    await schedules.delete(name);
  }
});

check('a schedule without an input sends a notification of its own', async (observe) => {
  const name = await schedules.create({
    ScheduleExpression: once(dueSoon(cloud), 'UTC'),
    Target: await schedules.targetOf('undelivered'),
  });
  try {
    const sent = await cloud.receive('undelivered', ({ Body }) => Body?.includes(name) ?? false, 200);
    await cloud.delete('undelivered', sent);

    expect(JSON.parse(sent.Body ?? '')).toBeTypeOf('object');
    observe('what a schedule without an input sends', sent.Body);
  } finally {
    await schedules.delete(name);
  }
});

check('a message received too often is moved by SQS, with its attributes', async (observe) => {
  const [source, deadLetters] = [newName(), newName()];
  try {
    const deadLettersUrl = await createQueue(deadLetters);
    const { QueueArn } = await cloud.queueAttributes(deadLetters);
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: QueueArn, maxReceiveCount: 1 });
    const QueueUrl = await createQueue(source, { RedrivePolicy, VisibilityTimeout: '1' });
    const MessageAttributes = { mark: { DataType: 'String', StringValue: 'kept' } };
    await cloud.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'dead-letter', MessageAttributes }));

    const deadLetter = await cloud.eventually(
      'the dead letter',
      async () => {
        await receive(QueueUrl);
        return (await receive(deadLettersUrl))[0];
      },
      60,
    );

    expect(deadLetter).toMatchObject({ Body: 'dead-letter', MessageAttributes });
    observe('system attributes of a dead letter that SQS has moved', Object.keys(deadLetter.Attributes ?? {}).sort());
    observe(
      'ApproximateReceiveCount of a dead letter at its first receive',
      deadLetter.Attributes?.ApproximateReceiveCount,
    );
  } finally {
    for (const name of [source, deadLetters]) await deleteQueue(name).catch(() => {});
  }
});

async function createQueue(name: string, Attributes: Record<string, string> = {}): Promise<string | undefined> {
  const QueueName = `${cloud.prefix}-${name}`;
  return (await cloud.sqs.send(new CreateQueueCommand({ QueueName, Attributes }))).QueueUrl;
}

async function deleteQueue(name: string): Promise<void> {
  await cloud.sqs.send(new DeleteQueueCommand({ QueueUrl: await cloud.queueUrl(name) }));
}

async function receive(QueueUrl: string | undefined): Promise<readonly Message[]> {
  const { Messages = [] } = await cloud.sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MessageAttributeNames: ['All'], MessageSystemAttributeNames: ['All'] }),
  );
  return Messages;
}
