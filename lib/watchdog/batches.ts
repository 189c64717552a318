/** How many calls are in flight at once. */
const BATCH_SIZE = 20;

/** Maps items a batch at a time. Results are in the order of the items. */
export async function mapInBatches<Item, Result>(
  items: readonly Item[],
  map: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let start = 0; start < items.length; start += BATCH_SIZE) {
    results.push(...(await Promise.all(items.slice(start, start + BATCH_SIZE).map(map))));
  }
  return results;
}
