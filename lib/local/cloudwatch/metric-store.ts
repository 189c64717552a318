import { type EpochMs, epochMs, type Milliseconds } from '../../units.ts';

export type Dimensions = Readonly<Record<string, string>>;

/** One measured value. */
export interface Sample {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Dimensions;
  readonly value: number;
  readonly at: EpochMs;
}

/** Values of one name and one set of dimensions: CloudWatch's "metric". */
export interface Series {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Dimensions;
}

/** The instants after `from`, up to `to`. */
export interface Window {
  readonly from: EpochMs;
  readonly to: EpochMs;
}

export const statistics = ['Sum', 'Average', 'Minimum', 'Maximum', 'SampleCount'] as const;
export type Statistic = (typeof statistics)[number];

/** The values of one second, as CloudWatch keeps them: no single value is needed for any statistic above. */
interface Bucket {
  readonly second: EpochMs;
  readonly count: number;
  readonly sum: number;
  readonly minimum: number;
  readonly maximum: number;
}

interface StoredSeries {
  /** Ascending. */
  readonly buckets: Bucket[];
}

/** All metrics of the embedded cloud, as long as an alarm may look back. */
export class MetricStore {
  readonly #series = new Map<string, StoredSeries>();

  record({ namespace, name, dimensions, value, at }: Sample): void {
    const key = keyOf(namespace, name, dimensions);
    const series = this.#series.get(key) ?? { buckets: [] };
    this.#series.set(key, series);
    add(series.buckets, value, epochMs(at - (at % 1000)));
  }

  /** How many series have values. */
  get size(): number {
    return this.#series.size;
  }

  /** The statistic over the values of a series within the window; undefined when there is none. */
  compute({ namespace, name, dimensions }: Series, statistic: Statistic, { from, to }: Window): number | undefined {
    const all = this.#series.get(keyOf(namespace, name, dimensions))?.buckets ?? [];
    const buckets = all.filter(({ second }) => second > from && second <= to);
    return buckets.length === 0 ? undefined : compute[statistic](buckets);
  }

  /** Forgets what is older than this. */
  prune(now: EpochMs, keep: Milliseconds): void {
    for (const [key, { buckets }] of this.#series) {
      const kept = buckets.findIndex(({ second }) => second > now - keep);
      if (kept < 0) this.#series.delete(key);
      else buckets.splice(0, kept);
    }
  }
}

const keyOf = (namespace: string, name: string, dimensions: Dimensions): string =>
  JSON.stringify([namespace, name, Object.entries(dimensions).sort(([one], [other]) => (one < other ? -1 : 1))]);

/** Almost always at the end: only invocations and the embedded format carry times of their own. */
function add(buckets: Bucket[], value: number, second: EpochMs): void {
  let index = buckets.length;
  while (index > 0 && (buckets[index - 1]?.second ?? 0) >= second) index -= 1;
  const same = buckets[index]?.second === second ? buckets[index] : undefined;
  const bucket: Bucket = {
    second,
    count: (same?.count ?? 0) + 1,
    sum: (same?.sum ?? 0) + value,
    minimum: Math.min(same?.minimum ?? value, value),
    maximum: Math.max(same?.maximum ?? value, value),
  };
  buckets.splice(index, same === undefined ? 0 : 1, bucket);
}

const total = (buckets: readonly Bucket[], of: (bucket: Bucket) => number): number =>
  buckets.reduce((sum, bucket) => sum + of(bucket), 0);

const compute: Readonly<Record<Statistic, (buckets: readonly Bucket[]) => number>> = {
  Sum: (buckets) => total(buckets, ({ sum }) => sum),
  SampleCount: (buckets) => total(buckets, ({ count }) => count),
  Average: (buckets) => total(buckets, ({ sum }) => sum) / total(buckets, ({ count }) => count),
  Minimum: (buckets) => Math.min(...buckets.map(({ minimum }) => minimum)),
  Maximum: (buckets) => Math.max(...buckets.map(({ maximum }) => maximum)),
};
