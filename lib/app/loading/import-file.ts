import { AsyncLocalStorage } from 'node:async_hooks';
import { pathToFileURL } from 'node:url';

/** How messages end that are about an effect of an import. */
export const IMPORT_RULE = 'a job file must import without effects: what waits, opens or can fail belongs into run';

const pending = new Set<string>();
const importing = new AsyncLocalStorage<string>();

/** The files whose import has not ended, as messages name them. */
export const pendingFiles = (): readonly string[] => [...pending];

/** The file whose import has led to the code that calls this, as messages name it. */
export const fileInImport = (): string | undefined => importing.getStore();

/**
 * Imports a file of the user's, and remembers while that lasts which it is.
 *
 * @param label as messages name it: `functions/nightly-report.ts`
 */
export async function importFile(path: string, label: string): Promise<{ readonly default?: unknown }> {
  pending.add(label);
  try {
    return await importing.run(label, () => import(pathToFileURL(path).href));
  } finally {
    pending.delete(label);
  }
}
