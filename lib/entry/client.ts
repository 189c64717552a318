/** What applications and jobs use at run time. */

export { createRunClient, type RunClient, type RunClientOptions } from '../client/run-client.ts';
export {
  createRunHistory,
  openRunHistory,
  type RunHistory,
  type RunHistoryOptions,
  type RunPeriod,
} from '../client/run-history.ts';
export type { RunRecord, RunStatus } from '../run/record.ts';
