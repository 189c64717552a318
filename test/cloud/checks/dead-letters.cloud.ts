import type { Message } from '@aws-sdk/client-sqs';
import { ListMessageMoveTasksCommand, StartMessageMoveTaskCommand } from '@aws-sdk/client-sqs';
import { expect } from 'vitest';
import { listenToAlerts } from '../support/alert-listener.ts';
import { check, cloud } from '../support/check.ts';

check('a run that fails for good leaves a dead letter, with its run, attempts and error, and is told', async () => {
  const alerts = await listenToAlerts(cloud);
  try {
    const run = await cloud.request('probe-fail');

    await cloud.reaches(run, 'failed');

    const deadLetter = await cloud.receive('probe-fail-dlq', deadLetterOf(run));
    expect(deadLetter.MessageAttributes).toMatchObject({
      'belfry-run': { StringValue: run },
      'belfry-attempts': { StringValue: '1' },
      'belfry-error': {
        StringValue: 'NonRetryableError: there is no such account (NON_RETRYABLE); at functions/probe-fail.ts:7:11',
      },
    });
    const { message } = await alerts.hears(run, (alert) => alert.message.includes(run));
    expect(message).toContain('there is no such account');
  } finally {
    await alerts.close();
  }
});

check('a dead letter moved back by hand has its run go on, with a new round of attempts', async (observe) => {
  const { run, deadLetter } = await failFor('probe-hand');

  await cloud.send('probe-hand', deadLetter.Body ?? '', deadLetter.MessageAttributes);
  await cloud.delete('probe-hand-dlq', deadLetter);

  expect(await cloud.reaches(run, 'completed')).toMatchObject({ attempts: REDRIVEN });
  observe(
    'system attributes of a dead letter that was sent, not moved',
    Object.keys(deadLetter.Attributes ?? {}).sort(),
  );
});

check('a dead letter moved back by StartMessageMoveTask has its run go on, its attributes kept', async (observe) => {
  const { run, deadLetter } = await failFor('probe-move');
  const SourceArn = (await cloud.queueAttributes('probe-move-dlq'))['QueueArn'];
  const DestinationArn = (await cloud.queueAttributes('probe-move'))['QueueArn'];
  // Looking at the dead letter has hidden it, and a task moves what it can see.
  await cloud.letGo('probe-move-dlq', deadLetter);
  await cloud.eventually('a visible dead letter', async () => {
    const counts = await cloud.queueAttributes('probe-move-dlq');
    return counts['ApproximateNumberOfMessages'] !== '0' && counts['ApproximateNumberOfMessagesNotVisible'] === '0';
  });

  await cloud.sqs.send(new StartMessageMoveTaskCommand({ SourceArn, DestinationArn }));

  expect(await cloud.reaches(run, 'completed', 60)).toMatchObject({ attempts: REDRIVEN });
  const { Results = [] } = await cloud.sqs.send(new ListMessageMoveTasksCommand({ SourceArn }));
  expect(Results[0]).toMatchObject({ DestinationArn });
  observe('status of a message move task', Results[0]?.Status);
});

const REDRIVEN = [
  { n: 1, cause: 'first', outcome: 'failed' },
  { n: 2, cause: 'redrive', outcome: 'completed' },
];

const deadLetterOf = (run: string) => (message: Message) =>
  message.MessageAttributes?.['belfry-run']?.StringValue === run;

/** Has a run of a job fail for good, and takes its dead letter out of the dead-letter queue. */
async function failFor(job: string): Promise<{ run: string; deadLetter: Message }> {
  const run = await cloud.request(job);
  await cloud.reaches(run, 'failed');
  return { run, deadLetter: await cloud.receive(`${job}-dlq`, deadLetterOf(run)) };
}
