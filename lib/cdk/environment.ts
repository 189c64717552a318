/**
 * Whether two stacks may be deployed to one account and region.
 *
 * @param one `aws://<account>/<region>`; what it leaves open, `unknown-account` and `unknown-region`, may be any
 */
export function mayBeSameEnvironment(one: string, other: string): boolean {
  const [parts, others] = [partsOf(one), partsOf(other)];
  return parts.every((part, index) => {
    const counterpart = others[index] ?? '';
    return part === counterpart || part.startsWith('unknown-') || counterpart.startsWith('unknown-');
  });
}

const partsOf = (environment: string): readonly string[] => environment.replace('aws://', '').split('/');
