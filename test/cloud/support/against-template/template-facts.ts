import { type NamedTemplate, namedResources } from '../names/named-resources.ts';
import type { StackTemplate } from '../names/planned-stacks.ts';
import type { DeploymentFacts, MappingFacts, ScheduleFacts } from './deployment-facts.ts';

type Resource = NonNullable<NamedTemplate['Resources']>[string];

/** What the templates of an app say. */
export function templateFacts(templates: readonly StackTemplate[]): DeploymentFacts {
  const each = <Facts>(type: string, read: (resource: Resource, template: NamedTemplate) => readonly Facts[]) =>
    templates.flatMap(({ template }) =>
      Object.values(template.Resources ?? {}).flatMap((resource) =>
        resource.Type === type ? read(resource, template) : [],
      ),
    );
  return {
    stacks: new Map(
      templates.map(({ name, template }) => [
        name,
        Object.entries(template.Resources ?? {}).map(([logicalId, { Type }]) => `${logicalId} ${Type}`),
      ]),
    ),
    named: templates.flatMap(({ template }) => namedResources(template)).map(({ type, name }) => ({ type, name })),
    schedules: each('AWS::Scheduler::Schedule', (resource, template) => [scheduleFacts(resource, template)]),
    mappings: each('AWS::Lambda::EventSourceMapping', (resource, template) => [mappingFacts(resource, template)]),
    addresses: each('AWS::SNS::Subscription', (resource) =>
      // That of a queue has its ARN, which the template does not know.
      text(resource, 'Protocol') === 'email' ? [text(resource, 'Endpoint')] : [],
    ),
    queueTags: each('AWS::SQS::Queue', (queue) =>
      tagsOf(queue).map(({ Key, Value }) => `${text(queue, 'QueueName')} ${Key}=${Value}`),
    ),
  };
}

const tagsOf = ({ Properties = {} }: Resource) =>
  (Properties['Tags'] ?? []) as readonly { readonly Key: string; readonly Value: string }[];

interface ScheduleTarget {
  readonly Arn: unknown;
  readonly Input: unknown;
}

function scheduleFacts(schedule: Resource, template: NamedTemplate): ScheduleFacts {
  const { Properties = {} } = schedule;
  const { Arn, Input } = Properties['Target'] as ScheduleTarget;
  return {
    name: text(schedule, 'Name'),
    group: text(schedule, 'GroupName'),
    expression: text(schedule, 'ScheduleExpression'),
    timezone: text(schedule, 'ScheduleExpressionTimezone'),
    state: text(schedule, 'State'),
    queue: text(referred(Arn, template), 'QueueName'),
    input: String(Input),
  };
}

const mappingFacts = ({ Properties = {} }: Resource, template: NamedTemplate): MappingFacts => ({
  queue: text(referred(Properties['EventSourceArn'], template), 'QueueName'),
  function: text(referred(Properties['FunctionName'], template), 'FunctionName'),
});

/** The resource that `Ref` or `Fn::GetAtt` means. */
function referred(reference: unknown, { Resources = {} }: NamedTemplate): Resource {
  const { Ref, 'Fn::GetAtt': [logicalId = Ref] = [] } = reference as {
    readonly Ref?: string;
    readonly 'Fn::GetAtt'?: readonly [string, string];
  };
  const resource = Resources[logicalId ?? ''];
  if (resource === undefined) throw new Error(`${JSON.stringify(reference)} is no resource of this template`);
  return resource;
}

function text({ Type, Properties = {} }: Resource, property: string): string {
  const value = Properties[property];
  if (typeof value !== 'string') throw new Error(`${property} of ${Type} is not a text but ${JSON.stringify(value)}`);
  return value;
}
