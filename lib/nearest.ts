/** How far two texts are apart: 0 for the same. */
export type Distance = (wanted: string, known: string) => number;

export interface NearestOptions {
  /** One that is farther away is not found. @default no bound */
  readonly max?: number;
  /** Of texts in lower case. @default editDistance */
  readonly distance?: Distance;
}

/** Of known names the one that was probably meant by another, whatever its case; of equally near ones the first. */
export function nearest(
  name: string,
  known: Iterable<string>,
  { max = Number.POSITIVE_INFINITY, distance = editDistance }: NearestOptions = {},
): string | undefined {
  const wanted = name.toLowerCase();
  let found: string | undefined;
  let min = Number.POSITIVE_INFINITY;
  for (const each of known) {
    const between = distance(wanted, each.toLowerCase());
    if (between < min && between <= max) [found, min] = [each, between];
  }
  return found;
}

/** Known names, the nearest to another first, whatever its case. */
export function nearestFirst(name: string, known: readonly string[]): readonly string[] {
  const wanted = name.toLowerCase();
  return known
    .map((each) => ({ each, distance: editDistance(wanted, each.toLowerCase()) }))
    .sort((one, other) => one.distance - other.distance)
    .map(({ each }) => each);
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
