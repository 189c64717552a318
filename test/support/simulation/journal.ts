import type { LockView } from '../../../lib/run/ports.ts';
import type { RunRecord } from '../../../lib/run/record.ts';
import type { Fault } from './faults.ts';

/** Something that happened, written down by the simulated world and not by the protocol. */
export type Event =
  | { readonly kind: 'sent'; readonly message: string; readonly run: string; readonly letter?: string }
  | { readonly kind: 'received'; readonly message: string; readonly run: string; readonly process: string }
  | { readonly kind: 'deleted'; readonly message: string; readonly run: string }
  /** SQS moved a message to the dead-letter queue itself. */
  | { readonly kind: 'moved'; readonly message: string; readonly run: string }
  | {
      readonly kind: 'dead-letter';
      readonly run: string;
      readonly process: string;
      readonly letter: string;
      readonly attempts: number;
    }
  | { readonly kind: 'alert'; readonly run: string; readonly process: string }
  /** Something happened to a call of a process. */
  | { readonly kind: 'fault'; readonly process: string; readonly call: string; readonly fault: Fault }
  | { readonly kind: 'record'; readonly process: string; readonly before?: RunRecord; readonly after: RunRecord }
  | {
      readonly kind: 'job-started';
      readonly process: string;
      readonly run: string;
      readonly attempt: number;
      readonly token: number;
      readonly deadline: number;
    }
  /** A call of the lock store was applied. */
  | {
      readonly kind: 'lock';
      readonly process: string;
      readonly run: string;
      readonly name: string;
      readonly before: LockView;
      readonly after: LockView;
    }
  | { readonly kind: 'job-ended'; readonly process: string; readonly how: 'returned' | 'threw' }
  | { readonly kind: 'effect'; readonly process: string; readonly isAccepted: boolean }
  /** The process has given Lambda its answer. */
  | {
      readonly kind: 'answered';
      readonly process: string;
      readonly storeCalls: number;
      readonly troubles: number;
      /** How often the lock store refused or did not answer. */
      readonly lockTroubles: number;
      readonly lock: LockView;
    }
  | { readonly kind: 'died'; readonly process: string; readonly storeCalls: number };

/** An event and its instant, in true time. */
export type Fact = Event & { readonly at: number };

export type FactOf<Kind extends Fact['kind']> = Extract<Fact, { kind: Kind }>;
