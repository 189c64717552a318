import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { identityOf } from '../../lib/cdk/identity.ts';
import type { Template } from './support.ts';

/** A resource that cannot exist twice in an account and region. */
export interface Identified {
  /** Equal for equal identities only. */
  readonly key: string;
  /** `<stack> <logical id>` */
  readonly place: string;
}

/** What has an identity in the templates of a folder, or of those stacks of it. */
export function identitiesIn(
  directory: string,
  stacks: readonly string[] = stacksIn(directory),
): readonly Identified[] {
  return stacks.flatMap((stack) => {
    const { Resources }: Template = JSON.parse(readFileSync(join(directory, `${stack}.template.json`), 'utf8'));
    return Object.entries(Resources).flatMap(([logicalId, { Type, Properties = {} }]) => {
      const identity = identityOf({ type: Type, stack, read: (property) => Properties[property] });
      return identity === undefined ? [] : [{ key: identity.key, place: `${stack} ${logicalId}` }];
    });
  });
}

export const stacksIn = (directory: string): readonly string[] =>
  readdirSync(directory).flatMap((name) => /^(.*)\.template\.json$/.exec(name)?.[1] ?? []);

/** Identities that are at another place than before: CloudFormation would create them before it deletes the old ones. */
export function replaced(before: readonly Identified[], after: readonly Identified[]): readonly string[] {
  const places = new Map(before.map(({ key, place }) => [key, place]));
  return after.flatMap(({ key, place }) => {
    const old = places.get(key);
    return old === undefined || old === place ? [] : [`${key}: ${old} -> ${place}`];
  });
}
