export type { AlarmStates, SavedAlarms } from './alarm-memory.ts';
export {
  type AlarmObserver,
  type AlarmStatus,
  type Alarms,
  type AlarmsOptions,
  createAlarms,
  evaluationInterval,
  type UnsupportedAlarm,
} from './alarms.ts';
export type { QueueLevels } from './aws-metrics.ts';
export { createJobNames } from './job-names.ts';
export type { AlarmChange } from './notification.ts';
