import { type AttemptOutcome, hasEnded, type RunRecord } from '../../lib/run/record.ts';
import { type EpochMs, epochMs, MINUTE, toIso } from '../../lib/units.ts';

/** What a job wrote into its own file when an attempt began. */
export interface LedgerLine {
  readonly run: string;
  readonly attempt: number;
  readonly token: number;
}

/** A time in which no cloud was up. */
export interface OffTime {
  readonly from: EpochMs;
  readonly to: EpochMs;
}

export interface Evidence {
  /** Of the jobs of the campaign, when it is quiet again. */
  readonly records: readonly RunRecord[];
  /** In the order of writing. */
  readonly ledger: readonly LedgerLine[];
  /** Ids of runs whose request was answered. */
  readonly acknowledged: readonly string[];
  /** Jobs that are due every minute, each by a schedule of its name. */
  readonly minutely: readonly string[];
  /** Jobs whose runs are kept apart by a lock, so that tokens rise over all of them. */
  readonly locked: readonly string[];
  /** Every minute from the first to the second was due. */
  readonly span: readonly [EpochMs, EpochMs];
  readonly off: readonly OffTime[];
}

/** Shorter than that, nobody may have noticed that the cloud was off: what was due must have been fired. */
const OFF_FOR_REAL = MINUTE;

/** What the campaign has broken, a line each; none when every promise was kept. Shares no code with the protocol. */
export function audit(evidence: Evidence): readonly string[] {
  const records = new Map(evidence.records.map((record) => [record.id, record]));
  return [
    ...expectedRuns(evidence).flatMap((id) => (records.has(id) ? [] : [`${id}: no record`])),
    ...evidence.records.flatMap(brokenRecord),
    ...brokenLedger(evidence, records),
    ...brokenTokens(evidence, records),
  ];
}

function expectedRuns({ minutely, span: [from, to], off, acknowledged }: Evidence): readonly string[] {
  const due: EpochMs[] = [];
  for (let at = Math.ceil(from / MINUTE) * MINUTE; at <= to; at += MINUTE) due.push(epochMs(at));
  const wasOff = (at: EpochMs) => off.some(({ from, to }) => to - from > OFF_FOR_REAL && from < at && at < to);
  const scheduled = minutely.flatMap((job) =>
    due.filter((at) => !wasOff(at)).map((at) => `${job}/${toIso(at).slice(0, 16)}Z/${job}`),
  );
  return [...scheduled, ...acknowledged];
}

function brokenRecord({ id, status, attempts, deadLetterSentAt, missedAt }: RunRecord): readonly string[] {
  const completed = attempts.filter(({ outcome }) => outcome === 'completed').length;
  return [
    ...(hasEnded(status) ? [] : [`${id}: stuck as ${status}`]),
    ...(completed > 1 ? [`${id}: completed ${completed} times`] : []),
    ...(status === 'failed' && deadLetterSentAt === undefined ? [`${id}: failed without a dead letter`] : []),
    // A cloud that was killed caught the due time up itself: only the watchdog may call one missed, and then it runs.
    ...(status === 'missed' ? [`${id}: missed at ${missedAt}, and not caught up`] : []),
  ];
}

/** After these an attempt may have had its effect, and the run goes on: `timed-out` is one that was frozen for too long. */
const REPEATED_AFTER: readonly (AttemptOutcome | undefined)[] = ['lost', 'timed-out'];

/** Another attempt may begin only where the earlier one was lost, and none begins twice. */
function brokenLedger({ ledger }: Evidence, records: ReadonlyMap<string, RunRecord>): readonly string[] {
  const runs = [...new Set(ledger.map(({ run }) => run))];
  return runs.flatMap((run) => {
    const lines = ledger.filter((line) => line.run === run);
    const record = records.get(run);
    if (record === undefined) return [`${run}: ran without a record`];
    const numbers = lines.map(({ attempt }) => attempt);
    const twice = numbers.filter((n, index) => numbers.indexOf(n) !== index);
    const earlier = [...new Set(numbers)].sort((a, b) => a - b).slice(0, -1);
    const outcomeOf = (n: number) => record.attempts.find((attempt) => attempt.n === n)?.outcome;
    return [
      ...twice.map((n) => `${run}: attempt ${n} began twice`),
      ...earlier.flatMap((n) =>
        REPEATED_AFTER.includes(outcomeOf(n)) ? [] : [`${run}: ran again after attempt ${n}, which is ${outcomeOf(n)}`],
      ),
    ];
  });
}

/** What the records have accepted of one lock, in the order in which it was written, has tokens that rise. */
function brokenTokens({ ledger, locked }: Evidence, records: ReadonlyMap<string, RunRecord>): readonly string[] {
  return locked.flatMap((job) => {
    const accepted = ledger.filter(({ run, attempt }) => {
      const record = records.get(run);
      return record?.job === job && record.attempts.some(({ n, outcome }) => n === attempt && outcome === 'completed');
    });
    return accepted.flatMap(({ run, token }, index) => {
      const before = accepted[index - 1];
      return before !== undefined && before.token >= token
        ? [`${run}: accepted with token ${token} after ${before.run} with ${before.token}`]
        : [];
    });
  });
}
