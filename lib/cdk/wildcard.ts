import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** How cdk-nag calls a wildcard, so that no other is acknowledged with it: `<AWS::Region>` for what a stack leaves open. */
export function wildcardIn(scope: Construct, arn: string): string {
  const resolved: unknown = Stack.of(scope).resolve(arn);
  const parts = typeof resolved === 'string' ? [resolved] : (resolved as JoinedParts)['Fn::Join'][1];
  const text = parts.map((part) => (typeof part === 'string' ? part : `<${part.Ref}>`)).join('');
  return `AwsSolutions-IAM5[Resource::${text}]`;
}

interface JoinedParts {
  readonly 'Fn::Join': readonly [delimiter: '', parts: readonly (string | { readonly Ref: string })[]];
}
