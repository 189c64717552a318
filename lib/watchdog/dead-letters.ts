import { MINUTE, milliseconds } from '../units.ts';
import { mapInBatches } from './batches.ts';
import type { Condition } from './conditions.ts';
import { type Findings, isTurn } from './findings.ts';
import { moveBack } from './move-back.ts';
import type { Pass } from './pass-context.ts';
import type { WatchdogPlan } from './plan.ts';

/** With a pass that begins within its minute, a dead letter is reported within six minutes. */
const INTERVAL = milliseconds(5 * MINUTE);

/** A dead-letter queue: a job's, or without one that of EventBridge's deliveries. */
interface DeadLetterQueue {
  readonly story: string;
  readonly queue: string;
  readonly job?: string;
}

/**
 * Asks every dead-letter queue how many messages it has, every five minutes: SQS's own metrics of a queue that was idle are
 * late by up to 15. Messages that a person is reading are counted, too.
 *
 * @returns `undefined` when it is not this pass's turn
 */
export async function findDeadLetters(pass: Pass): Promise<Findings | undefined> {
  const { plan, ports, state } = pass;
  if (!isTurn(pass, state.checks.deadLettersDueAt, INTERVAL)) return undefined;
  const unknown: string[] = [];
  const problems: string[] = [];
  const found = await mapInBatches(deadLetterQueuesOf(plan), async (each): Promise<readonly Condition[]> => {
    try {
      const count = await ports.countMessages(each.queue);
      return count > 0 ? [describe(each, count, pass)] : [];
    } catch (error) {
      unknown.push(each.story);
      problems.push(`queue ${each.queue} cannot be asked for dead letters: ${String(error)}`);
      return [];
    }
  });
  return { kind: 'dead-letters', conditions: found.flat(), unknown, problems };
}

/** No job is called as the other queue: its own would have the other's name. */
const deadLetterQueuesOf = ({ jobs, deliveryQueue }: WatchdogPlan): readonly DeadLetterQueue[] => [
  ...Object.entries(jobs).map(([job, { deadLetterQueue: queue }]) => ({ story: `dead-letters:${job}`, queue, job })),
  { story: 'dead-letters:undelivered', queue: deliveryQueue },
];

function describe({ story, queue, job }: DeadLetterQueue, count: number, pass: Pass): Condition {
  const { stage, now, cli } = pass;
  const command = `aws sqs receive-message --queue-url ${cli.queueUrls}${queue} --message-attribute-names All --max-number-of-messages 10 --visibility-timeout 0${cli.options}`;
  const what = job === undefined ? 'EventBridge could not deliver' : `${job} has`;
  const things = job === undefined ? 'due time' : 'dead letter';
  return {
    ...{ story, kind: 'dead-letters', since: now, command },
    ...(job === undefined ? {} : { job }),
    subject: `[${stage}] ${what} ${count} ${things}${count === 1 ? '' : 's'}`,
    lines: [
      `Queue      ${queue}`,
      `Look       ${command}`,
      ...(job === undefined ? UNDELIVERED : movedBack(queue, job, pass)),
    ],
  };
}

const movedBack = (queue: string, job: string, pass: Pass): readonly string[] => [
  'Why        run and deadLetter in the body of a message; one without deadLetter was refused, for the reason in its attribute belfry-error, or never came to a claim: see the log of its function',
  ...moveBack(queue, job, pass),
];

/** SQS moves back only what it has moved itself. */
const UNDELIVERED: readonly string[] = [
  'Why        the attributes SCHEDULE_ARN, ERROR_CODE and ERROR_MESSAGE of a message',
  "Then       mend the scheduler's role or the job's queue, and delete the messages: their due times are recorded as missed, and catchUp of the schedule decides whether they run",
];
