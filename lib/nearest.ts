/** How far two texts are apart: 0 for the same. */
export type Distance = (wanted: string, known: string) => number;

export interface NearestOptions {
  /** One that is farther away is not found. @default no bound */
  readonly max?: number;
  /** Of texts in lower case. @default editDistance */
  readonly distance?: Distance;
}

/**
 * Of known names the one that was probably meant by another, whatever its case: one that begins with it before others; of
 * equally near ones the first.
 */
export function nearest(
  name: string,
  known: Iterable<string>,
  { max = Number.POSITIVE_INFINITY, distance = editDistance }: NearestOptions = {},
): string | undefined {
  return rank(name, known, distance).find(({ between }) => between <= max)?.each;
}

/** Known names, the nearest to another first, whatever its case; those that begin with it before others. */
export const nearestFirst = (name: string, known: readonly string[]): readonly string[] =>
  rank(name, known, editDistance).map(({ each }) => each);

function rank(name: string, known: Iterable<string>, distance: Distance) {
  const wanted = name.toLowerCase();
  const ranked = Array.from(known, (each) => {
    const other = each.toLowerCase();
    const between = distance(wanted, other);
    // A name that is typed in part is many letters away from the whole.
    return { each, between, isOther: between > 0 && !other.startsWith(wanted) };
  });
  return ranked.sort((one, other) => Number(one.isOther) - Number(other.isOther) || one.between - other.between);
}

/** Levenshtein's: insertions, deletions and replacements between two texts. */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      const replaced = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
