import { InvalidExpressionError, readWhen } from '../../../cron/index.ts';
import type { Candidate, Place } from '../found.ts';
import type { NewEntry } from './add-entries.ts';
import { chooseName, type JobFile } from './job-files.ts';
import type { ScheduleEntry, TextField } from './schedules-file.ts';
import { renderStub } from './stub.ts';

/** What becomes of a candidate. */
export type Outcome =
  /** Its entry is written, and its job unless that is there. */
  | {
      readonly kind: 'new';
      readonly job: string;
      readonly schedule: string;
      readonly isNewJob: boolean;
      /** Where the same import has found the job before; absent where its file is there, or new. */
      readonly sameAs?: Place;
    }
  /** Both are there. */
  | { readonly kind: 'there'; readonly job: string; readonly schedule: string }
  /** The job is there, and the entry says another time: left to the user. */
  | { readonly kind: 'changed'; readonly job: string; readonly schedule: string; readonly was: string }
  /** The job is there, and nobody can say when its entry is due: left to the user. */
  | { readonly kind: 'unclear'; readonly job: string; readonly schedule: string; readonly field: TextField }
  /** The same command at the same time stands on an earlier line. */
  | { readonly kind: 'repeated'; readonly line: number };

/** A file to be written; nothing of that name exists. */
export interface NewFile {
  /** From the project's folder. */
  readonly path: string;
  readonly text: string;
}

export interface Plan {
  readonly outcomes: ReadonlyMap<Candidate, Outcome>;
  readonly stubs: readonly NewFile[];
  readonly entries: readonly NewEntry[];
}

export interface ProjectState {
  readonly jobs: readonly JobFile[];
  /** Empty where the file could not be read. */
  readonly entries: readonly ScheduleEntry[];
  /** The folder of `functions/` for new jobs; empty for none. */
  readonly group: string;
}

/** Decides what an import writes, so that the same import again writes nothing. */
export function planImport(candidates: readonly Candidate[], state: ProjectState): Plan {
  const planner = new Planner(state);
  // All that is there is found before anything counts as changed: lines may have been moved.
  for (const candidate of candidates) planner.match(candidate);
  for (const candidate of candidates) planner.place(candidate);
  return planner;
}

class Planner implements Plan {
  readonly outcomes = new Map<Candidate, Outcome>();
  readonly stubs: NewFile[] = [];
  readonly entries: NewEntry[] = [];
  readonly #group: string;
  readonly #found: readonly JobFile[];
  /** By origin. */
  readonly #jobs: Map<string, JobFile>;
  readonly #jobNames: Set<string>;
  readonly #ids: Set<string>;
  /** Entries that no candidate has been found for. */
  readonly #unmatched: Set<ScheduleEntry>;
  readonly #seen = new Map<string, Candidate>();
  /** Where jobs were found that this import adds, by origin. */
  readonly #added = new Map<string, Place>();

  constructor({ jobs, entries, group }: ProjectState) {
    this.#group = group;
    this.#found = jobs;
    // Of two copies of a stub the first counts.
    this.#jobs = new Map([...jobs].reverse().flatMap((job) => (job.origin === undefined ? [] : [[job.origin, job]])));
    this.#jobNames = new Set(jobs.map(({ name }) => name.toLowerCase()));
    this.#ids = new Set(entries.map(({ id }) => id));
    this.#unmatched = new Set(entries);
  }

  match(candidate: Candidate): void {
    const key = `${candidate.origin} ${meaningOf(candidate)}`;
    const earlier = this.#seen.get(key);
    if (earlier !== undefined) {
      this.outcomes.set(candidate, { kind: 'repeated', line: earlier.place.line });
      return;
    }
    this.#seen.set(key, candidate);
    const job = this.#jobs.get(candidate.origin) ?? this.#namesakeOf(candidate);
    const entry = job && this.#entriesOf(job).find((each) => meaningOf(each) === meaningOf(candidate));
    if (job === undefined || entry === undefined) return;
    this.#unmatched.delete(entry);
    this.outcomes.set(candidate, { kind: 'there', job: job.name, schedule: entry.id });
  }

  place(candidate: Candidate): void {
    if (this.outcomes.has(candidate)) return;
    const known = this.#jobs.get(candidate.origin);
    const [other] = known === undefined ? [] : this.#entriesOf(known);
    if (known !== undefined && other !== undefined) {
      this.#unmatched.delete(other);
      const there = { job: known.name, schedule: other.id };
      const field = other.obscure.find((each) => each !== 'dst');
      const was = `${other.cron ?? 'no cron'} in ${other.timezone ?? 'UTC'}`;
      this.outcomes.set(
        candidate,
        field === undefined ? { kind: 'changed', ...there, was } : { kind: 'unclear', ...there, field },
      );
      return;
    }
    const job = known ?? this.#addJob(candidate);
    const schedule = this.#addEntry(candidate, job);
    const sameAs = known === undefined ? undefined : this.#added.get(candidate.origin);
    if (known === undefined) this.#added.set(candidate.origin, candidate.place);
    this.outcomes.set(candidate, {
      kind: 'new',
      job: job.name,
      schedule,
      isNewJob: known === undefined,
      ...(sameAs === undefined ? {} : { sameAs }),
    });
  }

  /** A job that was ported, and whose origin was deleted with the rest of the comment. */
  #namesakeOf({ nameHints }: Candidate): JobFile | undefined {
    const name = chooseName(nameHints, new Set());
    return this.#found.find((job) => job.name === name && job.origin === undefined);
  }

  #entriesOf(job: JobFile): readonly ScheduleEntry[] {
    return [...this.#unmatched].filter(({ jobFile }) => jobFile === fileOf(job));
  }

  #addJob(candidate: Candidate): JobFile {
    const name = chooseName(candidate.nameHints, new Set([...this.#jobNames, ...this.#ids]));
    const job: JobFile = { name, group: this.#group, origin: candidate.origin };
    this.#jobs.set(candidate.origin, job);
    this.#jobNames.add(name);
    this.stubs.push({ path: `functions/${fileOf(job)}`, text: renderStub(name, candidate) });
    return job;
  }

  #addEntry(candidate: Candidate, job: JobFile): string {
    const { cron, timezone, maxLateness, suspended } = candidate;
    const id = chooseName([job.name], this.#ids);
    this.#ids.add(id);
    this.entries.push({
      id,
      jobFile: fileOf(job),
      cron,
      timezone,
      ...(maxLateness === undefined ? {} : { maxLateness }),
      ...(suspended === undefined ? {} : { comment: suspended }),
    });
    return id;
  }
}

const fileOf = ({ name, group }: JobFile): string => `${group === '' ? '' : `${group}/`}${name}.ts`;

/** When it is due, so that `@daily` and `0 0 * * *` are the same; undefined when nobody can say. */
function meaningOf({
  cron,
  timezone = 'UTC',
  obscure = [],
}: {
  readonly cron: string | undefined;
  readonly timezone: string | undefined;
  readonly obscure?: readonly TextField[];
}): string | undefined {
  if (cron === undefined || obscure.includes('timezone')) return undefined;
  try {
    return `${readWhen({ cron }, timezone).expressions.join(' ')} ${timezone}`;
  } catch (error) {
    if (error instanceof InvalidExpressionError) return undefined;
    throw error;
  }
}
