export type { BatchOutcome } from './batch-response.ts';
export {
  type Batch,
  createEventSourceMapping,
  type EventSourceMapping,
  type MappingObserver,
  type MappingOptions,
} from './event-source-mapping.ts';
export type { QueueSource, SourceAttribute, SourceMessage } from './queue-source.ts';
