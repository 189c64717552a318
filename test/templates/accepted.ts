/** A finding of a linter that is right as it is. */
export interface Accepted {
  /** Its rule, as the linter calls it. */
  readonly rule: string;
  /** What the message has to say: another finding of the same rule is not accepted. */
  readonly message: RegExp;
  readonly reason: string;
}

/**
 * The findings that are accepted, errors and warnings of both linters: their hints (prefer Fn::Sub, set a DeletionPolicy) are
 * not asked for. One that is not found any more has to go, so that this list says what is there.
 */
export const ACCEPTED: readonly Accepted[] = [
  {
    rule: 'W3005',
    message: /^'T?\d?\w+Role\w{8}' dependency already enforced by a 'GetAtt' at '.*Properties\W+Role'$/,
    reason:
      "aws-cdk-lib's Function depends on its role and the role's policies: on a policy that access.ts adds it has to, and on the role it does so twice",
  },
];
