import { CfnResource, Stack } from 'aws-cdk-lib';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import type { IConstruct } from 'constructs';

/** What CloudFormation fills in, at its longest: us-isof-south-1, aws-us-gov, amazonaws.com.cn. */
const PSEUDO: Readonly<Record<string, number>> = {
  'AWS::Region': 15,
  'AWS::AccountId': 12,
  'AWS::Partition': 10,
  'AWS::URLSuffix': 16,
  'AWS::NoValue': 0,
};
/** `arn:aws-us-gov:lambda:us-isof-south-1:111122223333:function:` */
const ARN_PREFIX = 60;
/** What another stack's value or a name that CloudFormation makes up is taken for. */
const UNKNOWN = 150;

/**
 * A value of a template as it will be once CloudFormation has filled it in, with fillers in place of what only CloudFormation
 * knows: as long as that can be, so that what is within a limit here is within it at deployment.
 */
export function filledIn(scope: IConstruct, value: unknown): unknown {
  const stack = Stack.of(scope);
  return fill(stack.resolve(value), stack);
}

function fill(value: unknown, stack: Stack): unknown {
  if (Array.isArray(value)) return value.map((each) => fill(each, stack));
  if (typeof value !== 'object' || value === null) return value;
  const [[name = '', content] = [], ...others] = Object.entries(value);
  if (others.length === 0 && (name === 'Ref' || name.startsWith('Fn::'))) return intrinsic(name, content, stack);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, fill(each, stack)]));
}

function intrinsic(name: string, content: unknown, stack: Stack): string {
  if (name === 'Ref') return 'x'.repeat(PSEUDO[String(content)] ?? lengthOf(stack, String(content)));
  if (name === 'Fn::GetAtt' && Array.isArray(content)) return 'x'.repeat(lengthOf(stack, String(content[0])));
  if (name === 'Fn::Join' && Array.isArray(content)) {
    const [delimiter, parts] = content as [string, unknown];
    if (Array.isArray(parts)) return parts.map((part) => String(fill(part, stack))).join(delimiter);
  }
  return 'x'.repeat(UNKNOWN);
}

/** How long a URL or an ARN of a resource is. */
function lengthOf(stack: Stack, logicalId: string): number {
  const name = namesIn(stack).get(logicalId);
  return name === undefined ? UNKNOWN : ARN_PREFIX + name.length;
}

const known = new WeakMap<Stack, ReadonlyMap<string, string>>();

/** The names of the queues in a stack by their logical ids: all else that Belfry refers to, it names itself. */
function namesIn(stack: Stack): ReadonlyMap<string, string> {
  const names =
    known.get(stack) ??
    new Map(
      stack.node.findAll().flatMap((each) => {
        if (!(CfnResource.isCfnResource(each) && each instanceof CfnQueue)) return [];
        return each.queueName === undefined ? [] : [[stack.getLogicalId(each), each.queueName] as const];
      }),
    );
  known.set(stack, names);
  return names;
}
