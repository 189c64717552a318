import { milliseconds, seconds } from '../../units.ts';
import { queueNameOf, queuePath } from '../account.ts';
import type { ServiceHandler, ServiceRequest, ServiceResponse } from '../gateway/service.ts';
import { parseObject } from '../parse-object.ts';
import type { Fauxqs } from './fauxqs.ts';
import type { MessageMove, MessageMoves, SqsFault } from './message-moves.ts';
import type { Queue } from './queue.ts';
import type { QueueSet } from './queue-set.ts';
import { type CheckedInput, checkRequest } from './sqs-checks.ts';

const contentType = 'application/x-amz-json-1.0';

/** The members of requests that are looked at here. fauxqs checks the rest. */
interface Input extends CheckedInput {
  readonly QueueUrl?: string;
  readonly WaitTimeSeconds?: number;
  readonly VisibilityTimeout?: number;
  readonly AttributeNames?: readonly string[];
  readonly MessageSystemAttributeNames?: readonly string[];
  readonly MessageAttributeNames?: readonly string[];
  readonly SourceArn?: string;
  readonly TaskHandle?: string;
  readonly MaxResults?: number;
}

interface Parts {
  readonly queues: QueueSet;
  readonly moves: MessageMoves;
  readonly fauxqs: Fauxqs;
}

/** One request on its way. */
interface Call extends Parts {
  readonly action: string;
  readonly input: Input;
  readonly request: ServiceRequest;
  readonly queue: Queue | undefined;
}

/**
 * SQS in its JSON protocol: fauxqs's actions on our queues, around them what fauxqs gets wrong or lacks.
 *
 * Not here: FIFO queues, the old query protocol, and the 12-hour limit for entries of ChangeMessageVisibilityBatch.
 */
export const createSqs =
  (parts: Parts): ServiceHandler =>
  async (request) => {
    const target = request.headers['x-amz-target'];
    if (target === undefined) return refuse(oldProtocol);
    const input: Input | undefined = parseObject(request.body.toString());
    if (input === undefined)
      return refuse({ code: 'SerializationException', message: 'The body is not a JSON object.' });

    const action = target.slice(target.indexOf('.') + 1);
    const queue = parts.queues.byName(queueNameOf(String(input.QueueUrl)) ?? '');
    const call = { ...parts, action, input, request, queue };
    const fault = checkRequest(action, input, parts.queues);
    // What is wrong with the queue comes first.
    if (fault !== undefined && (queue !== undefined || action === 'CreateQueue')) return refuse(fault);
    const own = ownActions.get(action);
    return own === undefined ? forward(call) : own(call);
  };

type Action = (call: Call) => ServiceResponse | Promise<ServiceResponse>;

const ownActions: ReadonlyMap<string, Action> = new Map<string, Action>([
  ['CreateQueue', createQueue],
  ['GetQueueUrl', forwardForUrls],
  ['ListQueues', forwardForUrls],
  ['ReceiveMessage', receiveMessage],
  ['ChangeMessageVisibility', changeMessageVisibility],
  ['ListDeadLetterSourceQueues', listDeadLetterSourceQueues],
  [
    'StartMessageMoveTask',
    ({ moves, input }) => answerMove(moves.start(input), (move) => ({ TaskHandle: move.handle })),
  ],
  ['CancelMessageMoveTask', cancelMessageMoveTask],
  ['ListMessageMoveTasks', listMessageMoveTasks],
]);

const forward = ({ fauxqs, action, input }: Call): Promise<ServiceResponse> =>
  fauxqs.call({ contentType, target: `AmazonSQS.${action}`, body: JSON.stringify(input) });

function createQueue(call: Call): ServiceResponse | Promise<ServiceResponse> {
  if (!call.input.QueueName?.endsWith('.fifo')) return forwardForUrls(call);
  return refuse({ code: 'UnsupportedOperation', message: "Belfry's embedded cloud has standard queues only." });
}

async function forwardForUrls(call: Call): Promise<ServiceResponse> {
  const response = await forward(call);
  const output = parseObject(String(response.body)) as { QueueUrl?: string; QueueUrls?: readonly string[] } | undefined;
  const url = (path: string) => `http://${call.request.headers.host}${path}`;
  if (output?.QueueUrl !== undefined) return answer({ QueueUrl: url(output.QueueUrl) });
  return output?.QueueUrls === undefined ? response : answer({ QueueUrls: output.QueueUrls.map(url) });
}

/** Waits here, not in fauxqs, which ticks, and which takes messages for clients that have gone. */
async function receiveMessage(call: Call): Promise<ServiceResponse> {
  const { queue, input, queues, request } = call;
  const wait = input.WaitTimeSeconds ?? Number(queue?.attributes.ReceiveMessageWaitTimeSeconds);
  if (queue === undefined || !(wait >= 0 && wait <= 20)) return forward(call);

  const end = queues.clock.now() + wait * 1000;
  for (;;) {
    const response = await forward({ ...call, input: { ...input, WaitTimeSeconds: 0 } });
    const { Messages: messages } = (parseObject(String(response.body)) ?? {}) as { Messages?: readonly Received[] };
    if (messages !== undefined)
      return answer({ Messages: messages.map((message) => asAsked(withSource(message, call), call)) });

    const left = end - queues.clock.now();
    if (response.status !== 200 || left <= 0) return response;
    if ((await queue.wait(milliseconds(left), request.signal)) === 'over') return response;
  }
}

interface Received {
  readonly ReceiptHandle: string;
  readonly Attributes?: Readonly<Record<string, string>>;
  readonly MessageAttributes?: unknown;
  readonly MD5OfMessageAttributes?: unknown;
}

/** Tells dead letters that the redrive policy moved from those that were sent. fauxqs knows no such attribute. */
function withSource(message: Received, { queue, input }: Call): Received {
  const asked = [...(input.AttributeNames ?? []), ...(input.MessageSystemAttributeNames ?? [])];
  const source = queue?.find(message.ReceiptHandle)?.deadLetterSource;
  if (source === undefined || !asked.some((name) => ['All', 'DeadLetterQueueSourceArn'].includes(name))) return message;
  return { ...message, Attributes: { ...message.Attributes, DeadLetterQueueSourceArn: source } };
}

/** A message that was received without a word of its attributes has none. fauxqs hands over all of them. */
function asAsked({ MessageAttributes, MD5OfMessageAttributes, ...message }: Received, { input }: Call): Received {
  const isAsked = (input.MessageAttributeNames ?? []).length > 0;
  return isAsked ? { ...message, MessageAttributes, MD5OfMessageAttributes } : message;
}

function changeMessageVisibility(call: Call): ServiceResponse | Promise<ServiceResponse> {
  const { ReceiptHandle: handle = '', VisibilityTimeout: timeout = 0 } = call.input;
  if (!call.queue?.isBeyondLimit(handle, seconds(timeout))) return forward(call);
  const reason = 'Reason: Total VisibilityTimeout for the message is beyond the limit [43200 seconds].';
  return refuse({
    code: 'InvalidParameterValue',
    message: `Value ${timeout} for parameter VisibilityTimeout is invalid. ${reason}`,
  });
}

function listDeadLetterSourceQueues({ queue, queues, request }: Call): ServiceResponse {
  if (queue === undefined) return refuse({ code: 'QueueDoesNotExist', message: 'The specified queue does not exist.' });
  const paths = queues.sourcesOf(queue).map((source) => queuePath(source.name));
  return answer({ queueUrls: paths.map((path) => `http://${request.headers.host}${path}`) });
}

function cancelMessageMoveTask({ moves, input }: Call): ServiceResponse {
  return answerMove(moves.cancel(input.TaskHandle ?? ''), (move) => ({ ApproximateNumberOfMessagesMoved: move.moved }));
}

function listMessageMoveTasks({ queues, moves, input }: Call): ServiceResponse {
  const source = queues.byArn(input.SourceArn ?? '');
  const listed = source === undefined ? [] : moves.list(source).slice(0, input.MaxResults ?? 1);
  return answer({ Results: listed.map(describeMove) });
}

const describeMove = (move: MessageMove) => ({
  ...(move.status === 'RUNNING' && { TaskHandle: move.handle }),
  Status: move.status,
  SourceArn: move.source.arn,
  DestinationArn: move.destination?.arn,
  MaxNumberOfMessagesPerSecond: move.perSecond,
  ApproximateNumberOfMessagesMoved: move.moved,
  ApproximateNumberOfMessagesToMove: move.toMove,
  FailureReason: move.failureReason,
  StartedTimestamp: move.startedAt,
});

const answerMove = (move: MessageMove | SqsFault, describe: (move: MessageMove) => object): ServiceResponse =>
  'handle' in move ? answer(describe(move)) : refuse(move);

const answer = (output: object): ServiceResponse => ({
  status: 200,
  headers: { 'content-type': contentType },
  body: JSON.stringify(output),
});

const refuse = ({ code, message }: SqsFault): ServiceResponse => ({
  status: 400,
  headers: { 'content-type': contentType, 'x-amzn-query-error': `${code};Sender` },
  body: JSON.stringify({ __type: `com.amazonaws.sqs#${code}`, message }),
});

const oldProtocol: SqsFault = {
  code: 'UnsupportedOperation',
  message:
    "Belfry's embedded cloud speaks SQS's JSON protocol. This client speaks the older query protocol: update it.",
};
