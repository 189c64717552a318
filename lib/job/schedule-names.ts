/** https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html */
const SCHEDULE_NAME_LIMIT = 64;
/** Of 64 bits, in base 36. */
const HASH_LENGTH = 13;

/** A schedule of EventBridge. */
export interface NamedExpression {
  readonly name: string;
  readonly expression: string;
}

/**
 * The schedules of EventBridge for one entry: `<app>-<stage>-<id>`, and for an entry that takes two (five-field cron with
 * both day fields restricted) a second one. CloudFormation identifies a schedule by its name alone, whatever its group,
 * so app and stage are part of it. A name over EventBridge's 64 characters is cut and ends in a hash of the whole. `_` is
 * no part of an id, so neither a second name nor a cut one is another entry's.
 *
 * @param prefix `<app>-<stage>`
 */
export function namedExpressions(
  prefix: string,
  { id, expressions }: { readonly id: string; readonly expressions: readonly string[] },
): readonly NamedExpression[] {
  return expressions.map((expression, index) => ({
    name: shorten(`${prefix}-${id}${index === 0 ? '' : `_${index + 1}`}`),
    expression,
  }));
}

function shorten(name: string): string {
  if (name.length <= SCHEDULE_NAME_LIMIT) return name;
  return `${name.slice(0, SCHEDULE_NAME_LIMIT - HASH_LENGTH - 1)}_${hashOf(name)}`;
}

/** FNV-1a of 64 bits. http://www.isthe.com/chongo/tech/comp/fnv/ */
function hashOf(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return hash.toString(36).padStart(HASH_LENGTH, '0');
}
