export { type Place, UnreadableAssemblyError, UnresolvedPropertyError } from './errors.ts';
export { type LoadOptions, loadAssembly } from './load-assembly.ts';
export type {
  AlarmMetric,
  AlarmModel,
  AlarmQuery,
  AlarmState,
  Assembly,
  FunctionModel,
  MappingModel,
  QueueModel,
  TopicModel,
} from './models.ts';
