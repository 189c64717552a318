import type { Clock } from '../clock.ts';
import type { StoreObserver } from './backends.ts';
import type { CloudObserver } from './events.ts';

/** Reports what happens to the table on disk, each with what to do about it. */
export const observeStore = (observe: CloudObserver, clock: Clock): StoreObserver => ({
  onDropped: ({ file, bytes, reason }) =>
    observe({
      kind: 'records-dropped',
      at: clock.now(),
      text: `${bytes} bytes of ${file} are damaged and were left out (${reason}): records that were written last are lost, the others are kept. Runs that lost theirs may run again. To have the lost ones back, put a backup of the folder in its place; to forget all local state: npm start -- --fresh`,
    }),
  onRefuses: ({ message }) => observe({ kind: 'store-refuses', at: clock.now(), reason: message }),
  onReopened: () => observe({ kind: 'store-reopened', at: clock.now() }),
});
