import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { CheckedApp } from '../../app/check-app.ts';
import { WATCHDOG } from '../../job/names.ts';
import type { WatchdogOptions } from '../../lambda/watchdog.ts';
import { placeAsset, settleOutput } from './assets.ts';
import { build, type Entry } from './build.ts';
import { jobEntry, watchdogEntry } from './entry.ts';

/**
 * Bundles the functions of all jobs in one run of esbuild, and cuts what several of them share into files of
 * their own, minified once: for 100 jobs, that is 0.4 s instead of 8. A function gets the files it can reach.
 *
 * What a function gets follows from the sources alone, not from where they lie: its hash decides whether it is
 * deployed again. (It is also deployed again when another job is the first to use more of a module they share.)
 *
 * @returns the hash of each job's files, which stand in `<assetDirectory>/asset.<hash>`
 */
export function bundle(app: BundledApp, places: BundlePlaces): ReadonlyMap<string, string> {
  // In the assembly itself, so that files need no copying: for 100 jobs, that takes 5 s.
  const directory = realpathSync(mkdtempSync(join(places.assetDirectory, '.bundle-')));
  try {
    const entries = entriesOf(app);
    const jobs = app.jobs.map(({ name }) => name);
    const { outputs } = build(entries, directory, jobs);
    const output = settleOutput(outputs, { directory, project: realpathSync(places.projectDirectory) });
    return new Map(entries.map(({ name }) => [name, placeAsset(name, output, places.assetDirectory)]));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

export interface BundledApp extends Pick<CheckedApp, 'jobs' | 'schedules'> {
  /** Whether the stage says that it runs on an emulator. @default false */
  readonly isEmulated?: boolean;
  /** @default none */
  readonly watchdog?: WatchdogOptions;
}

/** The module of each function. */
export function entriesOf({ jobs, schedules, isEmulated = false, watchdog }: BundledApp): readonly Entry[] {
  const entries = jobs.map((job) => ({ name: job.name, source: jobEntry({ job, schedules, isEmulated }) }));
  if (watchdog === undefined) return entries;
  return [...entries, { name: WATCHDOG, source: watchdogEntry(watchdog, isEmulated) }];
}

/** Where bundles come from and where they go. */
export interface BundlePlaces {
  /** What source maps name sources from. */
  readonly projectDirectory: string;
  /** Of the assembly. */
  readonly assetDirectory: string;
}
