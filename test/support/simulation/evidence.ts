import type { RunRecord } from '../../../lib/run/record.ts';
import type { FactOf } from './journal.ts';

/** One execution of the job's code, as the world saw it. */
export interface Execution extends FactOf<'job-started'> {
  readonly how?: 'returned' | 'threw';
  /** It has said how it ended and was heard, or its process is gone. */
  readonly isOver: boolean;
}

/** What the auditor has learned from the facts so far, by run or by process. */
export class Evidence {
  readonly violations: string[] = [];
  /** By process. */
  readonly executions = new Map<string, Execution>();
  /** The message that each process was given. */
  readonly messages = new Map<string, string>();
  /** Processes that lived on, never froze and had nothing refused by the run store. */
  readonly untroubled = new Set<string>();
  /** Processes that have given Lambda an answer. */
  readonly answered = new Set<string>();
  /** Processes that died before they had answered, or to one of whose calls something happened. */
  readonly disturbed = new Set<string>();
  /** By failure, a run and how often it had failed: the processes that sent a dead letter for it, and those that sent an alert. */
  readonly letterSenders = new Map<string, string[]>();
  readonly alertSenders = new Map<string, string[]>();
  /** The failure for which each process sent a dead letter last. */
  readonly reported = new Map<string, string>();
  /** How many messages each run had. */
  readonly sent = new Map<string, number>();
  readonly redriven = new Set<string>();
  /** The dead letter that each message is, or once was. */
  readonly letterOf = new Map<string, string | undefined>();
  /** How often each run has failed for good. */
  readonly failures = new Map<string, number>();
  /** By run and the attempts that it had made: which of its failures that was, from 1. */
  readonly failureAfter = new Map<string, number>();
  /** By dead letter: which of its run's failures it was sent for. */
  readonly letters = new Map<string, number>();
  /** How many rounds each run was opened after its first. */
  readonly rounds = new Map<string, number>();
  readonly ended = new Set<string>();
  readonly failed = new Set<string>();
  /** When each process was given its message, and the run as it wrote it last. */
  readonly receivedAt = new Map<string, number>();
  readonly written = new Map<string, RunRecord>();
  /** Each run as it was written last by any process. */
  readonly latest = new Map<string, RunRecord>();
  /** When each run ended, the last time. */
  readonly endedAt = new Map<string, number>();
  /** Messages whose delivery has seen, with its run marked as waiting, that whoever frees the lock will find it in line. */
  readonly inLine = new Set<string>();
  readonly completions = new Map<string, number>();
  /** Runs with a dead letter for their latest failure. */
  readonly deadLetters = new Set<string>();
  /** By run that has failed: the message whose delivery owes a dead letter. */
  readonly owedBy = new Map<string, string | undefined>();

  readonly accuse = (invariant: string, what: string): void => {
    this.violations.push(`${invariant}: ${what}`);
  };

  update(process: string, change: Partial<Execution>): void {
    const execution = this.executions.get(process);
    if (execution !== undefined) this.executions.set(process, { ...execution, ...change });
  }

  /** Whether an execution may still write: it goes on, and Lambda has not ended its process. */
  isValid({ isOver, deadline }: Execution, at: number): boolean {
    return !isOver && at < deadline;
  }
}

export const append = (lists: Map<string, string[]>, key: string, value: string): unknown =>
  lists.set(key, [...(lists.get(key) ?? []), value]);

export const count = (counts: Map<string, number>, key: string): number => {
  const next = (counts.get(key) ?? 0) + 1;
  counts.set(key, next);
  return next;
};
