import type { WarningName } from '../../job/warnings.ts';
import { lintCalendars } from './calendars.ts';
import { lintGap, lintRepeat } from './clock-changes.ts';
import { describeCrowd, findCrowds } from './crowds.ts';
import { lintLargeSteps } from './large-steps.ts';
import { lintLateness } from './lateness.ts';
import { findNeighbours } from './neighbours.ts';
import { lintNeverRuns } from './never-runs.ts';
import { lintInterval, lintRetries } from './run-length.ts';
import { isAcknowledged, type Lint, type LintSubject } from './subject.ts';
import { describeUnevenSteps } from './uneven-steps.ts';
import { lintZoneData } from './zone-data.ts';

/** What each warning is found by, in the order of messages; `undefined` for what is found over several entries. */
const LINTS: Readonly<Record<WarningName, Lint | undefined>> = {
  'dst-gap': lintGap,
  'dst-repeat': lintRepeat,
  'interval-shorter-than-timeout': lintInterval,
  'retries-outlast-interval': lintRetries,
  'tiny-max-lateness': lintLateness,
  'calendar-ends': lintCalendars,
  'never-runs': lintNeverRuns,
  'crowded-minute': undefined,
  'large-step': lintLargeSteps,
  'old-zone-data': lintZoneData,
};

export interface LintResult {
  readonly warnings: readonly string[];
  /** Of acknowledgements that acknowledge nothing, and of due times that are not as far apart as a step says. */
  readonly notes: readonly string[];
}

/**
 * What is allowed and perhaps not meant, in the order of the file: each names its entry, says what will happen, what to
 * do, and under which name the entry can acknowledge it.
 *
 * A schedule that is switched off in this stage is looked at all the same, for the stages in which it is on; only with
 * others it does not meet. One that is over, or off in every stage, is not looked at.
 *
 * @param file where the entries are, as messages name it
 */
export function lintSchedules(subjects: readonly LintSubject[], file: string): LintResult {
  const current = subjects.filter(({ schedule, options }) => !schedule.isOver && !isOffEverywhere(options));
  const enabled = current.filter(({ schedule }) => schedule.enabled);
  const neighbours = findNeighbours(enabled);
  const place = ({ schedule }: LintSubject): string => `${file}: schedule "${schedule.id}"`;

  const findings = new Map(current.map((subject) => [subject, findIn(subject, neighbours.get(subject))]));
  const ofEntries = [...findings].flatMap(([subject, found]) =>
    found
      .filter(({ name }) => !isAcknowledged(subject, name))
      .map(({ name, finding }) => `${place(subject)}: ${finding}, ${acknowledging(name)}`),
  );
  const crowds = findCrowds(enabled).map(
    (crowd) => `${file}: ${describeCrowd(crowd)}, ${acknowledging('crowded-minute')} in each`,
  );
  const notes = enabled.flatMap((subject) => {
    const needless = needlessAcknowledgements(subject, findings.get(subject) ?? []);
    if (needless.length === 0) return [];
    const names = needless.map((name) => `'${name}'`).join(', ');
    return `${place(subject)}: nothing to acknowledge: ${names} ${needless.length === 1 ? 'does' : 'do'} not occur; remove ${needless.length === 1 ? 'it' : 'them'}`;
  });
  const uneven = enabled.flatMap((subject) => {
    const text = describeUnevenSteps(subject.options.cron);
    return text === undefined ? [] : [`${place(subject)}: ${text}`];
  });
  return { warnings: [...ofEntries, ...crowds], notes: [...notes, ...uneven] };
}

const isOffEverywhere = ({ enabled }: LintSubject['options']): boolean =>
  Array.isArray(enabled) ? enabled.length === 0 : enabled === false;

interface Found {
  readonly name: WarningName;
  readonly finding: string;
}

function findIn(subject: LintSubject, neighbour: string | undefined): readonly Found[] {
  const looked = [
    ...(Object.entries(LINTS) as [WarningName, Lint | undefined][]).map(([name, lint]) => ({
      name,
      finding: lint?.(subject),
    })),
    { name: 'interval-shorter-than-timeout' as const, finding: neighbour },
  ];
  const found = looked.flatMap(({ name, finding }) => (finding === undefined ? [] : [{ name, finding }]));
  // That its calendar ends is the least of what is wrong with a schedule that never runs.
  const neverRuns = found.some(({ name }) => name === 'never-runs');
  return found.filter(({ name }) => !(neverRuns && name === 'calendar-ends'));
}

/** What the expressions, the job and the entry alone decide: the others come and go with the date or with other entries. */
const LASTING = ['dst-gap', 'dst-repeat', 'retries-outlast-interval', 'tiny-max-lateness', 'large-step'] as const;

const needlessAcknowledgements = (subject: LintSubject, found: readonly Found[]): readonly WarningName[] =>
  LASTING.filter((each) => isAcknowledged(subject, each) && !found.some(({ name }) => name === each));

const acknowledging = (name: WarningName): string => `or keep it with acknowledge: { '${name}': '<reason>' }`;
