import { scheduledText } from '../observe/failure-alert.ts';
import { headline } from '../observe/headline.ts';
import { ownEntry } from '../own-entry.ts';
import type { RunRecord } from '../run/record.ts';
import { errorLine } from '../run/run-error.ts';
import { parseRunId } from '../run/run-id.ts';
import { type EpochMs, epochMs } from '../units.ts';
import { mapInBatches } from './batches.ts';
import type { Condition } from './conditions.ts';
import { type Findings, roughLength } from './findings.ts';
import type { OpenRuns } from './open-runs.ts';
import type { Pass } from './pass-context.ts';
import type { OpenRun } from './ports.ts';
import { isUnreadable, readable } from './unreadable.ts';
import { waitingSince } from './waiting-since.ts';

/** How many records one pass reads, those that wait longest first. */
const MAX_RECORDS = 200;

/** An open run whose due time is longer ago than its retries explain. */
interface Candidate extends OpenRun {
  readonly job: string;
}

/** A run that waits too long. */
interface WaitingRun {
  readonly id: string;
  readonly job: string;
  readonly since: EpochMs;
  /** Absent for those beyond the records that a pass reads, and for one that it cannot read. */
  readonly record?: RunRecord;
}

/**
 * Finds runs that wait longer than their job's retries explain, whatever the reason, and counts them for the alarm. A run
 * that is postponed or at work does not wait. The index of open runs shows most of it; the record shows what an attempt that
 * was given back has moved in the index.
 */
export async function findWaiting({ rows, isCut }: OpenRuns, pass: Pass): Promise<Findings> {
  const waiting = await judge(candidatesOf(rows, pass), pass);
  if (waiting.length > 0) pass.ports.countWaiting(waiting.length);
  const jobs = [...new Set(waiting.map(({ job }) => job))];
  const ofJob = (job: string) => waiting.filter((run) => run.job === job);
  return {
    kind: 'runs-waiting',
    conditions: jobs.map((job) => describe(ofJob(job), pass)),
    unknown: isCut ? everyStory(pass).filter((story) => !jobs.some((job) => storyOf(job) === story)) : [],
    problems: [],
  };
}

/** What a pass knows of waiting runs that could not read the index. */
export const waitingUnknown = (pass: Pass, error: unknown): Findings => ({
  kind: 'runs-waiting',
  conditions: [],
  unknown: everyStory(pass),
  problems: [`the open runs cannot be read: ${String(error)}`],
});

const everyStory = ({ plan }: Pass): readonly string[] => Object.keys(plan.jobs).map(storyOf);
const storyOf = (job: string): string => `waiting:${job}`;

/** With what is postponed: an attempt that is given back over and over is postponed most of the time. */
const candidatesOf = (rows: readonly OpenRun[], { plan, now }: Pass): readonly Candidate[] =>
  rows.flatMap((row) => {
    const { job = '', scheduledTime = now } = parseRunId(row.id) ?? {};
    const known = ownEntry(plan.jobs, job);
    return known !== undefined && now - scheduledTime > known.longestWait ? [{ ...row, job }] : [];
  });

/** Judges by the records of those that wait longest, and by the index of what is beyond them or cannot be read. */
async function judge(candidates: readonly Candidate[], pass: Pass): Promise<readonly WaitingRun[]> {
  const { plan, ports, now } = pass;
  const inOrder = candidates.toSorted((one, other) => one.checkAt - other.checkAt);
  const records = await mapInBatches(inOrder.slice(0, MAX_RECORDS), ({ id }) => ports.store.get(id));
  return inOrder.flatMap(({ id, job, checkAt }, index) => {
    const known = ownEntry(plan.jobs, job);
    if (known === undefined) return [];
    const record = readable(records[index], pass);
    const isRead = index < MAX_RECORDS && !isUnreadable(records[index]);
    const since = isRead ? record && waitingSince(record, known, now) : checkAt;
    if (since === undefined || now - since <= known.longestWait) return [];
    return [{ id, job, since, ...(record === undefined ? {} : { record }) }];
  });
}

function describe(runs: readonly WaitingRun[], { plan, stage, showOption }: Pass): Condition {
  const [oldest] = runs.toSorted((one, other) => one.since - other.since) as [WaitingRun];
  const { id, job, since, record } = oldest;
  const count = runs.length === 1 ? 'a run waits' : `${runs.length} runs wait`;
  const name = `${plan.prefix}-${job}`;
  const command = `npm run belfry -- show '${id}'${showOption}`;
  return {
    ...{ story: storyOf(job), kind: 'runs-waiting', job, run: id, since, command },
    subject: headline(stage, count, `since ${scheduledText(since)}`, `${job}:`),
    lines: [
      `${runs.length === 1 ? 'Run      ' : 'Oldest   '}  ${id}`,
      `Waits      longer than ${roughLength(plan.jobs[job]?.longestWait ?? 0)}, which its retries do not explain`,
      `Why        ${record === undefined ? 'not read' : whyItWaits(record)}`,
      `Look       whether the function ${name} is throttled or fails, its event source mapping is on, and it may use the table and the queue`,
      `Show it    ${command}`,
    ],
  };
}

/** What its record says of it. */
function whyItWaits({ status, attempt, claim, error, leaseUntil }: RunRecord): string {
  if (claim === 0) return 'no function has taken its message';
  if (status === 'running') {
    return `the process of its attempt ${attempt} has ended without a word, and nothing came of its messages since ${scheduledText(epochMs(leaseUntil ?? 0))}`;
  }
  if (claim > attempt) {
    return `its attempts are given back before they begin: other runs have the job's lock, or the table fails; the lines run-waiting and attempt-given-back of its log say which`;
  }
  const failure = error === undefined ? '' : `after its attempt ${attempt} failed (${errorLine(error)}), `;
  return `${failure}no function has taken its message`;
}
