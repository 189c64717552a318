import type { Clock } from '../clock.ts';
import type { AlertMessage, JobContext } from '../job/context.ts';
import type { Job } from '../job/job.ts';
import type { JobPolicy } from '../job/policy.ts';
import type { EpochMs } from '../units.ts';
import type { RunObserver } from './events.ts';
import type { Gate } from './overlap/gate.ts';
import type { Once, Reporter, RunRequest, RunStore } from './ports.ts';
import type { RunError, RunRecord, Skip } from './record.ts';
import type { NamePlaces } from './run-error.ts';

/** One delivery of a run's message. */
export interface Delivery {
  readonly request: RunRequest;
  /** A fresh id: no two deliveries share one. */
  readonly owner: string;
  /**
   * How often SQS has handed the message out, this time included, over all queues that it came through.
   * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
   */
  readonly receiveCount: number;
  /**
   * Of a dead letter that was moved back: how many attempts its run had made when it failed. Absent from every other message,
   * those that SQS had moved itself included.
   */
  readonly deadLetterAttempts?: number | undefined;
  /** When this process ends at the latest. */
  readonly deadline: EpochMs;
  readonly logStream: string;
  readonly requestId: string;
}

/** What a delivery is executed with. */
export interface RunPorts {
  readonly job: Job;
  readonly policy: JobPolicy;
  readonly clock: Clock;
  /** A number from 0 up to 1. */
  readonly random: () => number;
  readonly once: Once;
  readonly runs: RunStore;
  readonly gate: Gate;
  readonly reporter: Reporter;
  readonly observe: RunObserver;
  /** Why a due time is not to be run, by what its schedule says; `undefined` when it may start. @default all may */
  readonly admit?: (run: RunRecord) => Skip | undefined;
  /** Tells a watcher outside the account of a completed run. @default nobody is told */
  readonly ping?: ((run: RunRecord) => Promise<void>) | undefined;
  /** Names the places in the stacks of errors from the project. @default they stay unchanged */
  readonly namePlaces?: NamePlaces;
  /** What people are told when a run has failed for good. */
  readonly describeFailure: (run: RunRecord, error: RunError) => AlertMessage;
  /** The parts of a job's context that depend on where it runs. */
  readonly surroundings: (run: JobContext['run']) => Pick<JobContext, 'log' | 'secret' | 'asset'>;
}

/** What is to be done with the message. */
export type Disposition =
  | { readonly kind: 'acknowledge' }
  /** Leave it in the queue, hidden until then. */
  | { readonly kind: 'postpone'; readonly until: EpochMs }
  /** Touch nothing: neither the message nor its visibility is this delivery's any more. */
  | { readonly kind: 'leave' };

export interface Executed {
  readonly disposition: Disposition;
  /** The job still runs in spite of its signal: the process has to end, or its promise would go on inside the next run. */
  readonly mustExit: boolean;
}
