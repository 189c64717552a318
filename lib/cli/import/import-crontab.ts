import { existsSync } from 'node:fs';
import { describeProblem, InvalidExpressionError } from '../../cron/index.ts';
import { type EpochMs, epochMs } from '../../units.ts';
import { CommandError, EXIT } from '../shared/exit-codes.ts';
import { findProject } from '../shared/project.ts';
import { openTerminal } from '../shared/terminal.ts';
import { compareTimes } from './compare/compare.ts';
import { formatComparison } from './compare/compare-view.ts';
import type { CrontabForm } from './crontab/form.ts';
import { readCrontab } from './crontab/read-crontab.ts';
import { fullPath, noSuchFile } from './file-argument.ts';
import { finishImport, type ImportOptions } from './finish.ts';
import type { Candidate, Reading } from './found.ts';
import type { Outcome } from './project/plan.ts';
import type { ScheduleEntry } from './project/schedules-file.ts';
import { openProject, planChange } from './project/write.ts';
import { readText } from './read-text.ts';
import { formatReport, placeText } from './report.ts';
import { oneLine } from './safe-text.ts';

export interface CrontabOptions extends ImportOptions {
  readonly timezone?: string;
  readonly form: CrontabForm | undefined;
  /** Reads every line in the zone of `timezone`. */
  readonly ignoreCronTz?: boolean | undefined;
}

export interface CompareOptions extends CrontabOptions {
  /** @default 5 */
  readonly count?: number;
  /** @default now */
  readonly from?: EpochMs;
}

/** In bytes. Ten thousand lines; a larger file is something else. */
const MAX_SIZE = 1024 * 1024;

/** `belfry import crontab <file>`. @returns the exit code */
export async function importCrontab(file: string, options: CrontabOptions): Promise<number> {
  return await finishImport(await readFile(file, options), options);
}

async function readFile(path: string, { timezone, form, ignoreCronTz }: CrontabOptions): Promise<Reading> {
  if (!existsSync(fullPath(path))) throw noSuchFile(path);
  const read = await readText(path, MAX_SIZE);
  if (!read.ok) throw new CommandError(`${oneLine(path)} ${read.reason}`, EXIT.usage);
  return readCrontab({ path, text: read.text, timezone, form, ignoresCronTz: ignoreCronTz });
}

/** `belfry import crontab <file> --compare`: both sides' next due times. @returns the exit code */
export async function compareCrontab(file: string, options: CompareOptions): Promise<number> {
  const reading = await readFile(file, options);
  const { print, colors } = openTerminal({ isForMachine: false });
  const project = await openProject(findProject(process.cwd()), options.group);
  const candidates = reading.found.filter((each): each is Candidate => each.kind === 'candidate');
  const { plan } = planChange(project, candidates);
  const from = options.from ?? epochMs(Date.now());
  let isAllUnderstood = true;
  for (const candidate of candidates) {
    const outcome = plan.outcomes.get(candidate);
    const entry = project.entries.find(({ id }) => id === scheduleOf(outcome));
    print(`${placeText(candidate.place)}: ${candidate.shown}`);
    const comparison = compared(candidate, entry, { from, count: options.count ?? 5, colors });
    isAllUnderstood &&= !(comparison instanceof InvalidExpressionError);
    print(`${describe(candidate, outcome, entry)}\n${textOf(comparison, entry)}\n`);
  }
  const refused = reading.found.filter((each) => each.kind === 'refusal');
  if (refused.length === 0) return isAllUnderstood ? EXIT.done : EXIT.notAllUnderstood;
  print(formatReport({ found: refused, notes: [] }, plan, colors, candidates.length));
  return EXIT.notAllUnderstood;
}

const scheduleOf = (outcome: Outcome | undefined): string | undefined =>
  outcome !== undefined && outcome.kind !== 'new' && outcome.kind !== 'repeated' ? outcome.schedule : undefined;

function describe({ timezone }: Candidate, outcome: Outcome | undefined, entry: ScheduleEntry | undefined): string {
  if (outcome?.kind === 'repeated') return `    stands in line ${outcome.line} too, and was imported once`;
  if (entry === undefined) return `    not imported yet; compared with the entry that would be written, in ${timezone}`;
  const calendar = entry.hasCalendar ? '; its calendars are not looked at here' : '';
  const zone = entry.obscure.includes('timezone') ? 'no plain timezone' : (entry.timezone ?? 'UTC');
  return `    schedule ${entry.id}: ${entry.cron ?? 'no plain cron'} in ${zone}${calendar}`;
}

function compared(
  candidate: Candidate,
  entry: ScheduleEntry | undefined,
  { from, count, colors }: { from: EpochMs; count: number; colors: Parameters<typeof formatComparison>[2] },
): string | InvalidExpressionError {
  if (candidate.isRandom) return '    cronie draws its time, so there is nothing to compare';
  const cron = entry === undefined ? candidate.cron : entry.cron;
  const [field] = entry?.obscure ?? [];
  if (field !== undefined) return `    the ${field} of its entry is no plain text, so there is nothing to compare`;
  if (cron === undefined) return '    its entry names no cron, so there is nothing to compare';
  const timezone = entry === undefined ? candidate.timezone : (entry.timezone ?? 'UTC');
  const dst = entry?.dst === 'runAfterGap' ? 'runAfterGap' : 'skip';
  try {
    return formatComparison(compareTimes(candidate, { cron, timezone, dst }, from, count), candidate.timezone, colors);
  } catch (error) {
    if (error instanceof InvalidExpressionError) return error;
    throw error;
  }
}

/** An entry that is wrong is told in its place, and the others are compared. */
const textOf = (comparison: string | InvalidExpressionError, entry: ScheduleEntry | undefined): string =>
  typeof comparison === 'string'
    ? comparison
    : describeProblem(comparison, `    not understood: schedule ${entry?.id ?? ''}`);
