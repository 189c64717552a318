/** The property that names a resource, for each type whose name an account and region has once. */
export const NAME_PROPERTY = {
  // By Name alone: CloudFormation's identity of a schedule leaves the group out.
  'AWS::Scheduler::Schedule': 'Name',
  'AWS::Scheduler::ScheduleGroup': 'Name',
  'AWS::SQS::Queue': 'QueueName',
  'AWS::SNS::Topic': 'TopicName',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::CloudWatch::Alarm': 'AlarmName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::IAM::Role': 'RoleName',
} as const satisfies Readonly<Record<string, string>>;

export type NamedType = keyof typeof NAME_PROPERTY;

/** A type and a name: what two resources of an account and region cannot have in common. */
export interface Identity {
  readonly type: NamedType;
  readonly name: string;
}

/** A resource of a template whose name the template sets. */
export interface NamedResource extends Identity {
  readonly logicalId: string;
  /** Whether CloudFormation keeps it when it leaves its stack, without which it imports none that exists. */
  readonly isRetained: boolean;
}

export interface NamedTemplate {
  readonly Resources?: Readonly<
    Record<
      string,
      {
        readonly Type: string;
        readonly Properties?: Readonly<Record<string, unknown>>;
        readonly DeletionPolicy?: unknown;
      }
    >
  >;
}

export const isNamedType = (type: string): type is NamedType => type in NAME_PROPERTY;

/** One text for an identity, to look it up by. */
export const keyOf = ({ type, name }: Identity): string => `${type} ${name}`;

/**
 * The resources of a template that have a name of their own.
 *
 * @throws Error for a name that only CloudFormation can put together: nobody could say whether it is taken
 */
export function namedResources({ Resources = {} }: NamedTemplate): readonly NamedResource[] {
  return Object.entries(Resources).flatMap(([logicalId, { Type: type, Properties = {}, DeletionPolicy }]) => {
    if (!isNamedType(type)) return [];
    const name = Properties[NAME_PROPERTY[type]];
    if (name === undefined) return [];
    if (typeof name !== 'string') {
      throw new Error(`${logicalId} (${type}): its name is not a text but ${JSON.stringify(name)}`);
    }
    return [{ type, name, logicalId, isRetained: /^Retain/.test(String(DeletionPolicy)) }];
  });
}

/** The name in a physical id: queues have a URL for one, topics an ARN. */
export function nameOf(type: NamedType, physicalId: string): string {
  const isAddress = type === 'AWS::SQS::Queue' || type === 'AWS::SNS::Topic';
  return isAddress
    ? physicalId.slice(Math.max(physicalId.lastIndexOf('/'), physicalId.lastIndexOf(':')) + 1)
    : physicalId;
}
