import { quoteValue } from '../../../app/check-report.ts';
import { describeLargeSteps } from '../../../app/lint/large-steps.ts';
import { type Duration, formatDuration, readDuration } from '../../../job/duration.ts';
import { BOUNDS } from '../../../job/policy.ts';
import { SCHEDULE_BOUNDS } from '../../../job/schedule-policy.ts';
import { milliseconds } from '../../../units.ts';
import { CommandError, EXIT } from '../../shared/exit-codes.ts';
import { refuse } from '../excerpt.ts';
import type { Candidate, Found, FoundPolicy, Place } from '../found.ts';
import { timeoutReason } from '../porting.ts';
import { oneLine, shorten } from '../safe-text.ts';
import type { Manifest } from './manifest.ts';
import { checkPod, readPod } from './pod.ts';
import { checkZone, type Fault, isWhat, type ReadSchedule, readSchedule, refuseAll } from './read-schedule.ts';
import { isAbsent, recordIn, type Values } from './values.ts';

/** Names of objects and namespaces: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ */
const OBJECT_NAME = /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/;

/**
 * Reads one CronJob (https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/cron-job-v1/).
 *
 * @param timezone for one that has none: Kubernetes goes by the clock of its controller manager then
 * @throws CommandError when it has none and none is given
 */
export function readCronJob(manifest: Manifest, timezone: string | undefined): Found {
  const { value, place } = manifest;
  const { name, namespace: given } = recordIn(value, 'metadata');
  const namespace = isAbsent(given) ? 'default' : given;
  const spec = recordIn(value, 'spec');
  for (const [field, text] of Object.entries({ name, namespace })) {
    if (typeof text === 'string' && OBJECT_NAME.test(text)) continue;
    return refuse(place, `metadata.${field} ${isWhat(text)}; allowed are lower-case letters, digits, . and -`);
  }
  const title = `CronJob ${String(namespace)}/${String(name)}`;
  const zone = zoneOf(spec, timezone);
  const when = readSchedule(manifest, spec, zone ?? 'UTC');
  const faults = [...checkSpec(spec), ...checkZone(manifest, spec), ...when.faults];
  if (faults.length > 0) return refuseAll(place, title, faults);
  if (zone === undefined) throw missingZone(place, title);
  return candidateOf({ place, title, name: String(name), namespace: String(namespace), spec, zone, ...when });
}

const missingZone = ({ file, line }: Place, title: string): CommandError =>
  new CommandError(
    `${oneLine(file)}:${line}: ${title} has no spec.timeZone, and goes by the clock of the kube-controller-manager then, which no manifest tells; give --timezone UTC if that is its zone, as it is on most clusters`,
    EXIT.usage,
  );

const zoneOf = ({ timeZone }: Values, timezone: string | undefined): string | undefined =>
  typeof timeZone === 'string' && timeZone !== '' ? timeZone : timezone;

const POLICIES = ['Allow', 'Forbid', 'Replace'];

/** What a CronJob without one has. */
const policyIn = ({ concurrencyPolicy }: Values): unknown =>
  isAbsent(concurrencyPolicy) ? 'Allow' : concurrencyPolicy;

/** What the API server would refuse, of what is read here. */
function checkSpec(spec: Values): readonly Fault[] {
  const { suspend } = spec;
  const concurrencyPolicy = policyIn(spec);
  const problems: string[] = [];
  const jobSpec = recordIn(spec, 'jobTemplate', 'spec');
  if (typeof concurrencyPolicy !== 'string' || !POLICIES.includes(concurrencyPolicy)) {
    problems.push(`spec.concurrencyPolicy is ${quoteValue(concurrencyPolicy)}; allowed are ${POLICIES.join(', ')}`);
  }
  if (suspend != null && typeof suspend !== 'boolean')
    problems.push(`spec.suspend is ${quoteValue(suspend)}; allowed are true and false`);
  const numbers = {
    'spec.startingDeadlineSeconds': spec['startingDeadlineSeconds'],
    'spec.jobTemplate.spec.activeDeadlineSeconds': jobSpec['activeDeadlineSeconds'],
    'spec.jobTemplate.spec.backoffLimit': jobSpec['backoffLimit'],
  };
  for (const [field, number] of Object.entries(numbers)) {
    if (number == null || (Number.isSafeInteger(number) && Number(number) >= 0)) continue;
    problems.push(`${field} is ${quoteValue(number)}; allowed are whole numbers from 0`);
  }
  const pod = checkPod(recordIn(jobSpec, 'template', 'spec'));
  return [...problems, ...pod].map((problem) => ({ problem }));
}

interface CronJob extends Pick<ReadSchedule, 'schedule' | 'cron' | 'isInUtc'> {
  readonly place: Place;
  readonly title: string;
  readonly name: string;
  readonly namespace: string;
  readonly spec: Values;
  readonly zone: string;
}

function candidateOf(cronJob: CronJob): Candidate {
  const { place, title, name, namespace, spec, schedule, cron, isInUtc, zone } = cronJob;
  const jobSpec = recordIn(spec, 'jobTemplate', 'spec');
  const pod = readPod(recordIn(jobSpec, 'template', 'spec'));
  const policy = readPolicy(spec, jobSpec);
  const largeSteps = describeLargeSteps(cron);
  const lateness = readLateness(spec['startingDeadlineSeconds']);
  const several = Math.max(countIn(jobSpec, 'parallelism'), countIn(jobSpec, 'completions'));
  return {
    kind: 'candidate',
    place,
    shown: shorten(`${title}: ${schedule}  ${pod.command}`),
    origin: `k8s ${namespace}/${name}`,
    nameHints: [name, `${name}-${namespace}`],
    cron,
    timezone: isInUtc ? 'UTC' : zone,
    ...(lateness.value === undefined ? {} : { maxLateness: lateness.value }),
    policy: policy.value,
    command: pod.command,
    remarks: [oneLine(title), ...pod.remarks],
    porting: [...pod.porting, ...policy.porting, ...(several > 1 ? [`it runs ${several} pods for each due time`] : [])],
    words: [
      ...(isInUtc ? [`${schedule} counts from when the controller sees it; the entry counts from midnight UTC`] : []),
      ...(largeSteps === undefined ? [] : [largeSteps]),
      ...policy.words,
      ...lateness.words,
      ...(spec['suspend'] === true ? ['it is suspended'] : []),
    ],
    isRandom: false,
    ...(spec['suspend'] === true ? { suspended: 'Suspended in Kubernetes.' } : {}),
  };
}

/** What is written is what is read again. */
const durationOf = (ms: number): Duration => formatDuration(milliseconds(ms)) as Duration;

const countIn = (values: Values, field: string): number => {
  const value = values[field];
  return typeof value === 'number' ? value : 1;
};

/** What Kubernetes takes where a CronJob says nothing. */
const DEFAULT_BACKOFF_LIMIT = 6;

interface ReadPolicy {
  readonly value: FoundPolicy;
  readonly porting: readonly string[];
  readonly words: readonly string[];
}

function readPolicy(spec: Values, jobSpec: Values): ReadPolicy {
  const { max } = BOUNDS.maxAttempts;
  const attempts = Number(jobSpec['backoffLimit'] ?? DEFAULT_BACKOFF_LIMIT) + 1;
  const seconds = jobSpec['activeDeadlineSeconds'];
  const length = typeof seconds === 'number' && seconds > 0 ? milliseconds(seconds * 1000) : undefined;
  const tooLong = timeoutReason(length);
  const hasTimeout = length !== undefined && tooLong.length === 0;
  return {
    value: {
      ...(hasTimeout ? { timeout: durationOf(length) } : {}),
      maxAttempts: Math.min(max, attempts),
      overlap: policyIn(spec) === 'Allow' ? 'allow' : 'skip',
    },
    porting: tooLong,
    words: [
      ...(spec['concurrencyPolicy'] === 'Replace'
        ? ["concurrencyPolicy Replace is not there yet: the entry's job has overlap: 'skip'"]
        : []),
      ...(attempts > max ? [`backoffLimit ${attempts - 1} became ${max} attempts, the most there are`] : []),
    ],
  };
}

function readLateness(seconds: unknown): { readonly value?: Duration; readonly words: readonly string[] } {
  if (typeof seconds !== 'number') return { words: [] };
  const { min, max } = SCHEDULE_BOUNDS.maxLateness;
  const length = seconds * 1000;
  const isTooShort = length < Number(readDuration(min));
  if (!isTooShort && length <= Number(readDuration(max))) return { value: durationOf(length), words: [] };
  const value = isTooShort ? min : max;
  return { value, words: [`startingDeadlineSeconds ${seconds} became ${value}; allowed are ${min} to ${max}`] };
}
