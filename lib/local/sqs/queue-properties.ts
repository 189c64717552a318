/** The properties of an `AWS::SQS::Queue`, in the template's types: CloudFormation takes numbers and texts alike. */
export interface QueueProperties {
  readonly QueueName: string;
  readonly [attribute: string]: unknown;
}

/** Properties of the template that are no attributes of the queue. */
const otherProperties: ReadonlySet<string> = new Set(['QueueName', 'Tags']);

/** The attributes as the API has them: texts all, policies as JSON. */
export function toAttributes(properties: QueueProperties): Record<string, string> {
  const attributes = Object.entries(properties).filter(
    ([name, value]) => !otherProperties.has(name) && value !== undefined,
  );
  return Object.fromEntries(attributes.map(([name, value]) => [name, toText(value)]));
}

const toText = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value));
