/**
 * The properties that identify a resource in its account and region, where a template gives them. Two resources of one
 * identity cannot exist at once, and CloudFormation creates before it deletes: under another logical id, or in another
 * stack, an identity cannot be created until the first one is gone. A schedule's group is no part of its identity: the
 * registry's schema of AWS::Scheduler::Schedule has primaryIdentifier [/properties/Name].
 */
const IDENTIFYING: Readonly<Record<string, readonly string[]>> = {
  'AWS::CloudWatch::Alarm': ['AlarmName'],
  'AWS::DynamoDB::Table': ['TableName'],
  'AWS::Lambda::Function': ['FunctionName'],
  'AWS::Logs::LogGroup': ['LogGroupName'],
  'AWS::SNS::Subscription': ['Endpoint', 'Protocol', 'TopicArn'],
  'AWS::SNS::Topic': ['TopicName'],
  'AWS::SQS::Queue': ['QueueName'],
  'AWS::Scheduler::Schedule': ['Name'],
  'AWS::Scheduler::ScheduleGroup': ['Name'],
};

export interface Identity {
  /** Equal for equal identities only. */
  readonly key: string;
  /** For messages: `AWS::SQS::Queue shop-dev-report`. */
  readonly label: string;
}

/**
 * What identifies a resource; undefined where CloudFormation names it.
 *
 * @param read gives a property as the template has it
 */
export function identityOf(type: string, read: (property: string) => unknown): Identity | undefined {
  const properties = IDENTIFYING[type];
  const values = properties?.map(read);
  if (values === undefined || values.includes(undefined)) return undefined;
  return { key: JSON.stringify([type, ...values]), label: `${type} ${String(values[0])}` };
}
