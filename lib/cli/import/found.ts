import type { Duration } from '../../job/duration.ts';
import type { OverlapPolicy } from '../../job/overlap.ts';

/** Where something stands: the file as the user named it, and the line counted from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

/** What the old world says of a job's policy; absent where it says nothing. */
export interface FoundPolicy {
  readonly timeout?: Duration;
  readonly maxAttempts?: number;
  readonly overlap?: OverlapPolicy;
}

/** Something that another scheduler runs, and that a job and a schedule entry can be made of. */
export interface Candidate {
  readonly kind: 'candidate';
  readonly place: Place;
  /** As the report shows it: the line of the crontab, the CronJob's name. Safe to print. */
  readonly shown: string;
  /**
   * Who it is, by which a further import knows it again: `crontab <16 hex digits>`, `k8s <namespace>/<name>`. Its
   * times are no part of it, so one command at two times is one job with two schedules.
   */
  readonly origin: string;
  /** What the job may be called, best first, as yet in any characters. */
  readonly nameHints: readonly string[];
  /** Five fields or a macro, with single spaces; read without error. */
  readonly cron: string;
  readonly timezone: string;
  readonly maxLateness?: Duration;
  readonly policy: FoundPolicy;
  /** What it runs, in one line. Safe to print. */
  readonly command: string;
  /** What whoever ports it must know, a paragraph each. Safe to print. */
  readonly remarks: readonly string[];
  /** Why it cannot run on Lambda as it is; empty when it fits. Safe to print. */
  readonly porting: readonly string[];
  /** What was changed on the way, or is otherwise worth a word. Safe to print. */
  readonly words: readonly string[];
  /** Whether its times are drawn by lot there, so that nobody can say when it is due. */
  readonly isRandom: boolean;
  /** What is said above its entry, when its schedule was off already. */
  readonly suspended?: string;
}

/** Something that no entry can be made of. */
export interface Refusal {
  readonly kind: 'refusal';
  readonly place: Place;
  readonly verdict: 'not understood' | 'not importable';
  /** What is wrong, and what is allowed. Safe to print. */
  readonly problem: string;
  /** The text that is meant, and carets under the part of it, a line each. Safe to print. */
  readonly excerpt: readonly string[];
}

export type Found = Candidate | Refusal;

/** What an import read, in the order of the files. */
export interface Reading {
  readonly found: readonly Found[];
  /** What holds for the whole of it. Safe to print. */
  readonly notes: readonly string[];
}
