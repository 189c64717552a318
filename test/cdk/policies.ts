import { only, type Resource, type Template } from './support.ts';

export interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource?: unknown;
  readonly Principal?: unknown;
  readonly Condition?: unknown;
}

/** The role that a service assumes, by a word of its description where there are several. */
export const roleOf = (template: Template, service: string, description = ''): Resource =>
  only(template, 'AWS::IAM::Role', ({ Properties }) => {
    const trusted = Properties.AssumeRolePolicyDocument.Statement[0].Principal.Service;
    return trusted === service && Properties.Description.includes(description);
  });

/** What a role allows by the policies that it was made with. */
export const statementsOf = ({ Properties }: Resource): readonly Statement[] =>
  Properties.Policies.flatMap(
    (policy: { PolicyDocument: { Statement: Statement[] } }) => policy.PolicyDocument.Statement,
  );

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

/** Every statement of a template with the kind of resource whose policy it stands in. */
export function allStatements({ Resources }: Template): readonly (Statement & { in: string })[] {
  const found: (Statement & { in: string })[] = [];
  const visit = (value: unknown, type: string): void => {
    if (typeof value !== 'object' || value === null) return;
    if ('Effect' in value && 'Action' in value) found.push({ ...(value as Statement), in: type });
    else for (const each of Object.values(value)) visit(each, type);
  };
  for (const { Type, Properties } of Object.values(Resources)) visit(Properties, Type);
  return found;
}

/** The name of the queue that a resource in a policy means. */
export function queueBehind(template: Template, resource: unknown): string {
  const { 'Fn::GetAtt': reference } = resource as { 'Fn::GetAtt'?: readonly unknown[] };
  if (reference !== undefined) return template.Resources[String(reference[0])]?.Properties.QueueName;
  return textOf(resource).replace(/.*:/, '');
}

/** An ARN as text, with `<AWS::Region>` for what is not known before the deployment. */
export function textOf(resource: unknown): string {
  if (typeof resource !== 'object' || resource === null) return String(resource);
  const { 'Fn::Join': joined, Ref } = resource as { 'Fn::Join'?: readonly [string, readonly unknown[]]; Ref?: string };
  if (joined !== undefined) return joined[1].map(textOf).join(joined[0]);
  return Ref === undefined ? JSON.stringify(resource) : `<${Ref}>`;
}

/** Where an ARN of a service begins in a stack that is bound to no account and region. */
export const here = (service: string): string => `arn:<AWS::Partition>:${service}:<AWS::Region>:<AWS::AccountId>`;
