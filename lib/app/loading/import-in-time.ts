import { type Milliseconds, milliseconds, SECOND } from '../../units.ts';
import { InvalidAppError } from '../check-report.ts';
import { countdown } from './countdown.ts';
import { describeHang } from './describe-hang.ts';
import { describeImportError } from './describe-import-error.ts';
import { importFile } from './import-file.ts';
import { trackOpened } from './track-opened.ts';

/** How long the import of a file may last, as a {@link countdown} counts. */
export const IMPORT_LIMIT = milliseconds(30 * SECOND);

export interface InTimeOptions {
  /** As messages name it: `functions/nightly-report.ts`. */
  readonly label: string;
  /** That messages name files from. */
  readonly directory: string;
  /** @default IMPORT_LIMIT */
  readonly limit?: Milliseconds;
}

/**
 * Imports a file of the user's into a process that goes on afterwards.
 *
 * @throws InvalidAppError when that fails, or has not ended within the limit
 */
export async function importInTime(
  path: string,
  { label, directory, limit = IMPORT_LIMIT }: InTimeOptions,
): Promise<{ readonly default?: unknown }> {
  const tracked = trackOpened(directory);
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    const onTimeout = () => reject(new InvalidAppError([describeHang({ after: limit, ...tracked.opened() })]));
    timer = countdown(limit, onTimeout);
  });
  try {
    return await Promise.race([importFile(path, label), tooLate]);
  } catch (error) {
    if (error instanceof InvalidAppError) throw error;
    throw new InvalidAppError([describeImportError(error, { label, directory })], { cause: error });
  } finally {
    clearInterval(timer);
    tracked.stop();
  }
}
