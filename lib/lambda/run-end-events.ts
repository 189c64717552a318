import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { formatRunEnd, type RunEndEvent } from '../channels/event-bridge.ts';
import { SDK_OPTIONS } from './sdk-options.ts';

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html */
const MAX_ENTRIES = 10;

export interface RunEndOptions {
  readonly deployment: string;
  readonly bus: string;
  /** Reports why events come later. */
  readonly report: (error: unknown) => void;
}

/**
 * The ends of runs in a batch of the table's stream, put on a bus in their order. From the first that the bus does not take
 * Lambda delivers the batch anew, so that an event may come twice, and none is lost as long as the stream has it.
 */
export async function putRunEnds(
  { Records }: DynamoDBStreamEvent,
  { deployment, bus, report }: RunEndOptions,
): Promise<DynamoDBBatchResponse> {
  const ends = Records.flatMap((record) => {
    const event = readEnd(record, deployment);
    return event === undefined ? [] : [{ sequence: record.dynamodb?.SequenceNumber ?? '', event }];
  });
  for (let start = 0; start < ends.length; start += MAX_ENTRIES) {
    const part = ends.slice(start, start + MAX_ENTRIES);
    const failed = await firstFailed(
      part.map(({ event }) => event),
      bus,
      report,
    );
    const end = failed === undefined ? undefined : part[failed];
    if (end !== undefined) return { batchItemFailures: [{ itemIdentifier: end.sequence }] };
  }
  return { batchItemFailures: [] };
}

function readEnd({ dynamodb }: DynamoDBRecord, deployment: string): RunEndEvent | undefined {
  const { OldImage, NewImage, ApproximateCreationDateTime = 0 } = dynamodb ?? {};
  // Lambda's types of attribute values are their own, of the same form.
  const read = (image: typeof NewImage) =>
    image === undefined ? undefined : unmarshall(image as Record<string, AttributeValue>);
  return formatRunEnd({ before: read(OldImage), after: read(NewImage), at: ApproximateCreationDateTime }, deployment);
}

/** The index of the first that the bus has not taken. */
async function firstFailed(
  events: readonly RunEndEvent[],
  bus: string,
  report: (error: unknown) => void,
): Promise<number | undefined> {
  const { EventBridgeClient, PutEventsCommand } = await import('@aws-sdk/client-eventbridge');
  try {
    const { Entries = [] } = await new EventBridgeClient(SDK_OPTIONS).send(
      new PutEventsCommand({
        Entries: events.map(({ Resources, ...event }) => ({ ...event, Resources: [...Resources], EventBusName: bus })),
      }),
    );
    const index = Entries.findIndex(({ ErrorCode }) => ErrorCode !== undefined);
    if (index < 0) return undefined;
    report(Object.assign(new Error(Entries[index]?.ErrorMessage), { name: Entries[index]?.ErrorCode ?? 'Error' }));
    return index;
  } catch (error) {
    report(error);
    return 0;
  }
}
