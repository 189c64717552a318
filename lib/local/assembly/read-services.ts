import type { CreateScheduleCommandInput } from '@aws-sdk/client-scheduler';
import { queueArn, topicArn } from '../account.ts';
import type { TableProperties } from '../dynamodb/table-properties.ts';
import type { QueueModel, SubscriptionModel, TopicModel } from './models.ts';
import type { Resource } from './resource.ts';

/** The attributes of a queue that say how it behaves. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html */
const queueAttributes = [
  'ContentBasedDeduplication',
  'DelaySeconds',
  'FifoQueue',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'ReceiveMessageWaitTimeSeconds',
  'RedriveAllowPolicy',
  'RedrivePolicy',
  'VisibilityTimeout',
] as const;

export function readQueue(resource: Resource): QueueModel {
  const { name } = resource;
  const attributes = queueAttributes
    .map((attribute) => [attribute, resource.get(attribute)] as const)
    .filter(([, value]) => value !== undefined)
    .map(([attribute, value]) => [attribute, typeof value === 'object' ? JSON.stringify(value) : String(value)]);
  return { name, arn: queueArn(name, resource.scope.region), attributes: Object.fromEntries(attributes) };
}

export function readTopic(resource: Resource): TopicModel {
  const { name } = resource;
  return { name, arn: topicArn(name, resource.scope.region) };
}

/** A queue's; mails and calls of other addresses are not emulated. */
export function readSubscription(resource: Resource): SubscriptionModel | undefined {
  if (resource.raw('Protocol') !== 'sqs') return undefined;
  return { topicArn: resource.text('TopicArn'), queueArn: resource.text('Endpoint') };
}

const tableProperties = [
  'KeySchema',
  'AttributeDefinitions',
  'GlobalSecondaryIndexes',
  'LocalSecondaryIndexes',
  'TimeToLiveSpecification',
  'StreamSpecification',
] as const;

/** What makes a difference to who uses the table. The shapes are CloudFormation's, and DynamoDB's own checks follow. */
export function readTable(resource: Resource): TableProperties {
  return { TableName: resource.name, ...propertiesOf(resource, tableProperties) } as TableProperties;
}

const scheduleProperties = [
  'GroupName',
  'Description',
  'ScheduleExpression',
  'ScheduleExpressionTimezone',
  'State',
  'FlexibleTimeWindow',
  'Target',
] as const;

/** CloudFormation's properties are the API's; only the dates are texts. The scheduler checks the rest as the API does. */
export function readSchedule(resource: Resource): CreateScheduleCommandInput {
  const dates = (['StartDate', 'EndDate'] as const)
    .map((property) => [property, resource.optionalText(property)] as const)
    .flatMap(([property, value]) => (value === undefined ? [] : [[property, new Date(value)]]));
  return {
    Name: resource.name,
    ...propertiesOf(resource, scheduleProperties),
    ...Object.fromEntries(dates),
  } as CreateScheduleCommandInput;
}

/** The properties that the template sets, of those that are read. */
const propertiesOf = (resource: Resource, names: readonly string[]): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    names.map((name) => [name, resource.get(name)] as const).filter(([, value]) => value !== undefined),
  );
