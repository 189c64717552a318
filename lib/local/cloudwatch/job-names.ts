import type { Manifest } from '../../manifest.ts';

/**
 * Finds the job that a name belongs to: its own, its function's, a queue's of it. Belfry's own is one of them.
 *
 * @returns null for what belongs to all of them
 */
export function createJobNames({ jobs, watchdog }: Manifest): (name: string) => string | null {
  const names = new Map(
    [...jobs, watchdog].flatMap(({ name, resources }) =>
      [name, ...Object.values(resources)].map((of) => [of, name] as const),
    ),
  );
  return (name) => names.get(name) ?? null;
}
