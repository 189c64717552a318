import { cpus, loadavg } from 'node:os';

/** One thing that can be measured by name: `npm run bench -- bundle`. */
export interface Measure {
  readonly name: string;
  readonly title: string;
  measure(): Promise<Measured>;
}

export interface Measured {
  readonly rows: readonly Row[];
  /** How it was measured, where the figures do not say it. */
  readonly notes: readonly string[];
}

export type Unit = 'ms' | 'µs' | 'KB' | 'writes' | 'reads' | 'round trips';

/** A figure of Belfry, beside what the same costs without it. */
export interface Row {
  readonly what: string;
  readonly unit: Unit;
  readonly belfry: Sample;
  readonly baseline?: { readonly what: string; readonly sample: Sample };
  /** The largest median that was promised, in the row's unit. */
  readonly budget?: number;
}

/** Several measurements of one thing. */
export interface Sample {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly count: number;
}

export function sampleOf(values: readonly number[]): Sample {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  const [below, above] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  const [min, max] = [sorted[0], sorted.at(-1)];
  if (min === undefined || max === undefined || below === undefined || above === undefined) {
    throw new Error('nothing was measured');
  }
  return { median: (below + above) / 2, min, max, count: sorted.length };
}

/** What is counted, or the same each time. */
export const exactly = (value: number): Sample => sampleOf([value]);

type Takes<Name extends string> = Readonly<Record<Name, () => number | Promise<number>>>;

/**
 * Measures several things in turn, round by round: whatever else the machine does in the meantime, it does to all of
 * them. One round before the first is thrown away, since it fills the caches of disk and compiler.
 */
export async function alternate<Name extends string>(
  rounds: number,
  takes: Takes<Name>,
): Promise<Readonly<Record<Name, Sample>>> {
  const names = Object.keys(takes) as Name[];
  const values = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const name of names) {
      const value = await takes[name]();
      if (round > 0) values.get(name)?.push(value);
    }
  }
  return Object.fromEntries(names.map((name) => [name, sampleOf(values.get(name) ?? [])])) as Record<Name, Sample>;
}

/** Where the figures were taken: they mean little elsewhere. */
export interface Machine {
  readonly node: string;
  readonly platform: string;
  readonly cpu: string;
  readonly cores: number;
  /** Of the minute before: well above 0, others were at work. */
  readonly load: number;
}

export function describeMachine(): Machine {
  const all = cpus();
  return {
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cpu: all[0]?.model.trim() ?? 'unknown',
    cores: all.length,
    load: loadavg()[0] ?? 0,
  };
}
