/**
 * The properties that identify a resource in its account and region, where a template gives them. Two resources of one
 * identity cannot exist at once, and CloudFormation creates before it deletes: under another logical id, or in another
 * stack, an identity cannot be created until the first one is gone. A schedule's group is no part of its identity: the
 * registry's schema of AWS::Scheduler::Schedule has primaryIdentifier [/properties/Name].
 */
const IDENTIFYING: Readonly<Record<string, readonly string[]>> = {
  'AWS::CloudWatch::Alarm': ['AlarmName'],
  'AWS::CloudWatch::Dashboard': ['DashboardName'],
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

/** A resource of a template. */
export interface TemplateResource {
  readonly type: string;
  /** The name of its stack. */
  readonly stack: string;
  /** Gives a property as the template has it. */
  readonly read: (property: string) => unknown;
}

/** What identifies a resource; undefined where CloudFormation names it. */
export function identityOf({ type, stack, read }: TemplateResource): Identity | undefined {
  const properties = IDENTIFYING[type];
  const values = properties?.map(read);
  if (values === undefined || values.includes(undefined)) return undefined;
  // What refers to another resource means one of its own stack.
  const scope = values.every((value) => typeof value === 'string') ? [] : [stack];
  return { key: JSON.stringify([type, ...values, ...scope]), label: `${type} ${String(values[0])}` };
}
