import type { SimulatedJob } from '../../forecast/simulation.ts';
import { retriesTimeouts } from '../../job/on-timeout.ts';
import type { OverlapPolicy } from '../../job/overlap.ts';
import type { Colors } from '../shared/terminal.ts';
import { capRows, formatColumns } from '../shared/view/columns.ts';
import { shortLength } from '../shared/view/times.ts';

/** Of each job how long its runs are taken to last, and what comes of those that overlap; overlapping jobs first. */
export function overlapLines(jobs: readonly SimulatedJob[], colors: Colors): readonly string[] {
  if (jobs.length === 0) return [];
  const sorted = jobs.toSorted((one, other) => other.overlap.overlapping - one.overlap.overlapping);
  return capRows(sorted, (rows) => {
    const head = ['JOB', 'A RUN LASTS', 'BY', 'POLICY', 'OVERLAPPING RUNS'];
    const cells = rows.map((job) => [
      job.name,
      shortLength(job.overlap.runLength.length),
      basisText(job),
      job.overlap.policy,
      consequenceText(job),
    ]);
    const [first = '', ...lines] = formatColumns({ head, rows: cells, texts: head.length }, colors);
    return [first, ...lines.flatMap((line, index) => [line, ...exampleLines(rows[index], colors)])];
  });
}

function basisText({ overlap }: SimulatedJob): string {
  const { basis, completedRuns } = overlap.runLength;
  if (basis === 'p95') return `p95 of ${completedRuns} runs`;
  const timeout = retriesTimeouts(overlap.onTimeout) ? 'timeout' : 'timeout, which fails it';
  return completedRuns === 0 ? timeout : `${timeout}; only ${completedRuns} completed`;
}

function consequenceText({ runs, overlap }: SimulatedJob): string {
  const { policy, overlapping } = overlap;
  return overlapping === 0 ? 'none' : `${overlapping} of ${runs} ${CONSEQUENCES[policy](overlap)}`;
}

const CONSEQUENCES: Readonly<Record<OverlapPolicy, (overlap: SimulatedJob['overlap']) => string>> = {
  skip: () => 'would be skipped',
  allow: ({ mostAtOnce }) => `run beside others, ${mostAtOnce} at once at most`,
};

function exampleLines(job: SimulatedJob | undefined, colors: Colors): readonly string[] {
  const example = job?.overlap.examples[0];
  return example === undefined ? [] : [colors.dim(`    first: ${example.run} is due during ${example.during}`)];
}
