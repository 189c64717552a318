/** What applications and jobs use at run time. */

export type { RunRecord, RunStatus } from '../run/record.ts';
export {
  createRunHistory,
  openRunHistory,
  type RunHistory,
  type RunHistoryOptions,
  type RunPeriod,
} from './run-history.ts';
