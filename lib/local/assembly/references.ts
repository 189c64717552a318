import { accountId } from '../account.ts';
import { UnresolvedPropertyError } from './errors.ts';
import { resourceKinds } from './physical.ts';
import type { Call, Scope } from './scope.ts';

/** What `Ref` yields: a pseudo parameter's value, a parameter's default, or the reference of a resource. */
export function referenceTo(name: string, call: Call): unknown {
  const { scope, place } = call;
  if (name === 'AWS::NoValue') return undefined;
  const pseudo = pseudoParameters[name];
  if (pseudo !== undefined) return pseudo(scope);

  const parameter = scope.stack.template.Parameters?.[name];
  if (parameter?.Default !== undefined) return parameter.Default;
  if (parameter !== undefined) throw new UnresolvedPropertyError(place, `the parameter "${name}" has no default`);

  const { kind, identity } = identify(name, call);
  return kind.ref(identity);
}

/** What `Fn::GetAtt` yields. */
export function attributeOf(logicalId: string, attribute: string, call: Call): unknown {
  const { type, kind, identity } = identify(logicalId, call);
  const compute = kind.attributes[attribute];
  if (compute !== undefined) return compute(identity);
  if (type === 'AWS::SSM::Parameter' && attribute === 'Value') return propertyOf(logicalId, 'Value', call);
  throw new UnresolvedPropertyError(
    call.place,
    `the embedded cloud does not know the attribute ${attribute} of ${logicalId}, an ${type}`,
  );
}

/** The name of a resource: the one it is given, else made of its stack's and its own, as CloudFormation makes one. */
export function physicalName(logicalId: string, call: Call): string {
  const { nameProperty } = resourceKinds[typeOf(logicalId, call)] ?? {};
  const given = nameProperty === undefined ? undefined : propertyOf(logicalId, nameProperty, call);
  return typeof given === 'string' ? given : `${call.scope.stack.name}-${logicalId}`;
}

const pseudoParameters: Readonly<Record<string, (scope: Scope) => unknown>> = {
  'AWS::AccountId': () => accountId,
  'AWS::Region': ({ region }) => region,
  'AWS::Partition': () => 'aws',
  'AWS::URLSuffix': () => 'amazonaws.com',
  'AWS::NotificationARNs': () => [],
  'AWS::StackName': ({ stack }) => stack.name,
  'AWS::StackId': ({ stack, region }) => `arn:aws:cloudformation:${region}:${accountId}:stack/${stack.name}/local`,
};

function identify(logicalId: string, call: Call) {
  const type = typeOf(logicalId, call);
  const kind = resourceKinds[type];
  if (kind === undefined) {
    throw new UnresolvedPropertyError(
      call.place,
      `it refers to ${logicalId}, an ${type}, which the embedded cloud does not have`,
    );
  }
  const { region, origin } = call.scope;
  return { type, kind, identity: { name: physicalName(logicalId, call), region, origin } };
}

function typeOf(logicalId: string, { scope, place }: Call): string {
  const resource = scope.stack.template.Resources?.[logicalId];
  if (resource === undefined)
    throw new UnresolvedPropertyError(place, `there is no resource or parameter "${logicalId}"`);
  return resource.Type;
}

const propertyOf = (logicalId: string, property: string, { scope, resolve }: Call): unknown =>
  resolve(scope.stack.template.Resources?.[logicalId]?.Properties?.[property]);
