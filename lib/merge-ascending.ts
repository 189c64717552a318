/** A value and which of the merged sequences it came from. */
export interface Merged<Value> {
  readonly value: Value;
  readonly source: number;
}

/**
 * Several ascending sequences as one, one value of each in hand at a time; of values that are equal, the earlier
 * sequence's comes first.
 */
export function* mergeAscending<Value>(
  sequences: readonly Iterable<Value>[],
  orderOf: (value: Value) => number,
): Generator<Merged<Value>> {
  const heap: Head<Value>[] = [];
  for (const [source, sequence] of sequences.entries()) {
    const iterator = sequence[Symbol.iterator]();
    const { value, done } = iterator.next();
    if (done !== true) heap.push({ value, order: orderOf(value), source, iterator });
  }
  heap.sort((one, other) => (isBefore(one, other) ? -1 : 1));
  for (let head = heap[0]; head !== undefined; head = heap[0]) {
    yield { value: head.value, source: head.source };
    const { value, done } = head.iterator.next();
    if (done !== true) {
      head.value = value;
      head.order = orderOf(value);
    } else {
      const last = heap.pop();
      if (last !== undefined && heap.length > 0) heap[0] = last;
    }
    siftDown(heap);
  }
}

interface Head<Value> {
  value: Value;
  order: number;
  readonly source: number;
  readonly iterator: Iterator<Value>;
}

const isBefore = (one: Head<unknown>, other: Head<unknown>): boolean =>
  one.order < other.order || (one.order === other.order && one.source < other.source);

/** Puts the first of a binary heap where it belongs. */
function siftDown(heap: Head<unknown>[]): void {
  const head = heap[0];
  if (head === undefined) return;
  let index = 0;
  for (;;) {
    let place = 2 * index + 1;
    let min = heap[place];
    const right = heap[place + 1];
    if (min !== undefined && right !== undefined && isBefore(right, min)) {
      min = right;
      place++;
    }
    if (min === undefined || isBefore(head, min)) break;
    heap[index] = min;
    index = place;
  }
  heap[index] = head;
}
