import { quoteValue } from '../../../app/check-report.ts';
import { InvalidExpressionError, readWhen, type When } from '../../../cron/index.ts';
import { readZone } from '../../../cron/zone-name.ts';
import { refuse, type Spot } from '../excerpt.ts';
import type { Place, Refusal } from '../found.ts';
import { findLongNumber, maskFields, maskProblem } from '../mask/mask-schedule.ts';
import type { LinePart, Manifest } from './manifest.ts';
import { isAbsent, type Values } from './values.ts';

/** What is wrong with a CronJob, and where, if that can be pointed at. */
export interface Fault {
  readonly problem: string;
  readonly spot?: Spot;
}

/** One refusal of all that is wrong with a CronJob. */
export function refuseAll(place: Place, title: string, faults: readonly Fault[]): Refusal {
  const excerpts = faults.flatMap(({ spot }) => (spot === undefined ? [] : refuse(place, '', spot).excerpt));
  const problems = faults.map(({ problem }) => problem);
  return { ...refuse(place, `${title}: ${problems.join('; and ')}`), excerpt: excerpts };
}

/** `is missing`, `is 5`. */
export const isWhat = (value: unknown): string => (value == null ? 'is missing' : `is ${quoteValue(value)}`);

export interface ReadSchedule {
  /** As it stands in the manifest. */
  readonly schedule: string;
  /** As it stands in the entry. */
  readonly cron: string;
  /** Whether its zone says nothing: it is an interval. */
  readonly isInUtc: boolean;
  readonly faults: readonly Fault[];
}

/** What `spec.schedule` says. */
export function readSchedule(manifest: Manifest, { schedule: value, timeZone }: Values, zone: string): ReadSchedule {
  const schedule = typeof value === 'string' ? value.trim() : '';
  const read = { schedule, cron: schedule.replaceAll(/\s+/g, ' '), isInUtc: false, faults: [] };
  const line = shownPart(manifest.schedule, schedule);
  if (schedule === '') return { ...read, faults: [{ problem: `spec.schedule ${isWhat(value)}; it must be a text` }] };
  const prefix = /^(?:CRON_)?TZ=(\S*)/.exec(schedule);
  if (prefix !== null) {
    const cure = isAbsent(timeZone) ? `write spec.timeZone: ${prefix[1]}` : 'it goes by spec.timeZone';
    const problem = `Kubernetes takes no time zone in the schedule; ${cure}`;
    return { ...read, faults: [{ problem, spot: { ...line, length: prefix[0].length } }] };
  }
  const fields = schedule.split(/\s+/);
  if (fields.length > 1 && fields.length !== 5 && !schedule.startsWith('@')) {
    const problem = `Kubernetes takes five fields in a schedule, and this has ${fields.length}`;
    return { ...read, faults: [{ problem, spot: { ...line, length: schedule.length } }] };
  }
  const every = readEvery(schedule);
  const readable = faultIn(() => readZone(zone)) === undefined ? zone : 'UTC';
  const faultOfReader = every === undefined ? faultIn(() => readWhen({ cron: schedule }, readable)) : every.fault;
  const fault = findLongNumber(schedule) ?? faultOfReader;
  if (fault !== undefined) {
    const spot = { text: line.text, offset: line.offset + fault.offset, length: fault.length };
    const part = schedule.slice(fault.offset, fault.offset + fault.length);
    return { ...read, faults: [{ problem: maskProblem(fault.problem, part), spot }] };
  }
  return every?.cron === undefined ? read : { ...read, cron: every.cron, isInUtc: true };
}

/** The text with the name of its field before it, where that is all: beside it in a line may stand what nobody may see. */
function shownPart(line: LinePart | undefined, text: string, shown = maskFields(text)): LinePart {
  const before = line?.text.slice(0, line.offset) ?? '';
  const lead = /^\s*(?:- )?(?:schedule|timeZone):\s*['"]?$/.test(before) ? before : '';
  const behind = line?.text.slice(line.offset + text.length) ?? '';
  const end = /^['"]?\s*$/.test(behind) ? behind.trimEnd() : '';
  return { text: `${lead}${shown}${end}`, offset: lead.length };
}

/** Faults of `spec.timeZone`. */
export function checkZone({ timeZone: line }: Manifest, { timeZone }: Values): readonly Fault[] {
  if (isAbsent(timeZone)) return [];
  if (typeof timeZone !== 'string') return [{ problem: `spec.timeZone is ${quoteValue(timeZone)}; it must be a text` }];
  const fault = faultIn(() => readZone(timeZone));
  if (fault === undefined) return [];
  const spot = { ...shownPart(line, timeZone, timeZone), length: timeZone.length };
  return [{ problem: `spec.timeZone ${quoteValue(timeZone)}: ${fault.problem}`, spot }];
}

interface SaidFault {
  readonly problem: string;
  readonly offset: number;
  readonly length: number;
}

function faultIn(read: () => unknown): SaidFault | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    if (!(error instanceof InvalidExpressionError)) throw error;
    const { problem, cure, offset, length } = error;
    return { problem: cure === undefined ? problem : `${problem}; ${cure}`, offset, length };
  }
}

const UNITS = { h: 60, m: 1, s: 1 / 60 } as const;

/** `@every 1h30m`, with durations of Go (https://pkg.go.dev/time#ParseDuration); undefined for everything else. */
function readEvery(schedule: string): { readonly cron?: string; readonly fault?: SaidFault } | undefined {
  const [, text] = /^@every\s+(\S+)$/.exec(schedule) ?? [];
  if (text === undefined) return undefined;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)([hms])/g)];
  const isWhole = parts.map(([part]) => part).join('') === text;
  const minutes = parts.reduce((all, [, count, unit]) => all + Number(count) * UNITS[unit as keyof typeof UNITS], 0);
  const interval = isWhole ? intervalOf(minutes) : text;
  const fault = faultIn(() => readWhen({ every: interval } as When, 'UTC'));
  if (fault === undefined) return { cron: cronOf(minutes) };
  return { fault: { problem: fault.problem, offset: schedule.indexOf(text), length: text.length } };
}

/** As a schedule says it: `1 hour`. */
function intervalOf(minutes: number): string {
  if (minutes === 24 * 60) return '1 day';
  const [count, unit] = minutes % 60 === 0 ? [minutes / 60, 'hour'] : [minutes, 'minute'];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

/** Five fields for an interval that divides an hour or a day. */
function cronOf(minutes: number): string {
  if (minutes === 24 * 60) return '0 0 * * *';
  const step = (count: number): string => (count === 1 ? '*' : `*/${count}`);
  return minutes < 60 ? `${step(minutes)} * * * *` : `0 ${step(minutes / 60)} * * *`;
}
