import { formatDuration } from '../../job/duration.ts';
import type { Milliseconds } from '../../units.ts';
import { IMPORT_RULE, pendingFiles } from './import-file.ts';
import type { Opened } from './track-opened.ts';

export interface Hang extends Opened {
  /** Absent when nothing is open any more, so that nothing can come. */
  readonly after?: Milliseconds;
}

/** Why files of the user's are not loaded, or the app that has loaded them does not end. */
export function describeHang({ after, waitsAt, keptOpenBy }: Hang): string {
  const files = pendingFiles();
  const endsNot = after === undefined ? 'never ends' : `does not end within ${formatDuration(after)}`;
  const isOpen = after !== undefined && keptOpenBy.length > 0;
  const open = isOpen ? `. Open ${keptOpenBy.length === 1 ? 'is' : 'are'} ${keptOpenBy.join(', ')}` : '';
  if (files.length > 0) {
    const at = waitsAt === undefined ? '' : `: it waits at ${waitsAt}`;
    return `${files.join(', ')}: importing ${endsNot}${at}${open}; ${IMPORT_RULE}`;
  }
  if (waitsAt !== undefined) return `${waitsAt}: the await there ${endsNot}${open}; ${IMPORT_RULE}`;
  const what = `the jobs are loaded, but the app ${endsNot}, as it must to be synthesized`;
  return `${what}${open}; ${IMPORT_RULE}`;
}
