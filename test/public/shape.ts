/** A value's shape: its keys, sorted, down to the types of its leaves; of a list, its first element's. */
export function shapeOf(value: unknown): object {
  return shape(value) as object;
}

function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [] : [shape(value[0])];
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)).map(([k, v]) => [k, shape(v)]));
}
