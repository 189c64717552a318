import type { Manifest } from '../../manifest.ts';

/**
 * Finds the job that a name belongs to: its own, its function's, a queue's of it.
 *
 * @returns null for what belongs to all of them
 */
export function createJobNames({ jobs }: Manifest): (name: string) => string | null {
  const names = new Map(
    jobs.flatMap(({ name, resources }) => [name, ...Object.values(resources)].map((of) => [of, name])),
  );
  return (name) => names.get(name) ?? null;
}
