import { join } from 'node:path';
import { watch } from 'chokidar';

/** What an app is made of, from its project's folder. */
const SOURCES = ['functions', 'infra', 'lib', 'cdk.json', 'package.json', '.belfry.env'];

/** Editors write a file in several steps. */
const QUIET_MS = 100;

export interface Watch {
  close(): Promise<void>;
}

export interface WatchCallbacks {
  /** Once for each burst of changes, and never twice at once. */
  readonly onChange: () => Promise<void>;
  /** Once, when some changes will not be seen: the machine has no watches left, for instance. */
  readonly onError: (error: unknown) => void;
}

/** Tells when a file of the app has changed. */
export function watchSources(projectDirectory: string, { onChange, onError }: WatchCallbacks): Watch {
  const watcher = watch(
    SOURCES.map((path) => join(projectDirectory, path)),
    {
      ignoreInitial: true,
      ignored: (path) => path.endsWith('~') || path.endsWith('.swp'),
    },
  );
  let timer: NodeJS.Timeout | undefined;
  let working: Promise<void> = Promise.resolve();
  // Each file may fail, and an error that nobody listens to would end the process.
  watcher.once('error', onError).on('error', () => {});
  watcher.on('all', () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      working = working.then(onChange);
    }, QUIET_MS);
  });
  return {
    async close() {
      clearTimeout(timer);
      await watcher.close();
      await working;
    },
  };
}
