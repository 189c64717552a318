/** What applications and jobs use at run time. */

export type { RunRecord, RunStatus } from '../run/record.ts';
export { createRunClient, type RunClient, type RunClientOptions } from './run-client.ts';
export {
  createRunHistory,
  openRunHistory,
  type RunHistory,
  type RunHistoryOptions,
  type RunPeriod,
} from './run-history.ts';
