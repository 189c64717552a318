import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CommandError, EXIT } from '../../shared/exit-codes.ts';
import type { Candidate } from '../found.ts';
import { addEntries, describeEntries } from './add-entries.ts';
import { readJobFiles } from './job-files.ts';
import { type NewFile, type Plan, type ProjectState, planImport } from './plan.ts';
import { readSchedulesFile, SCHEDULES_FILE, type ScheduleEntry, UnknownShapeError } from './schedules-file.ts';

/** A checkout as an import finds it. */
export interface OpenProject extends ProjectState {
  readonly directory: string;
  readonly schedulesText: string;
}

/** How many jobs a stack has room for: see `lib/cdk/stack-size.ts`, which counts resources. */
const MAX_JOBS = 35;

/** @throws CommandError when there is no `infra/schedules.ts` */
export async function openProject(directory: string, group: string): Promise<OpenProject> {
  const schedulesText = await readFile(join(directory, SCHEDULES_FILE), 'utf8').catch(
    (error: NodeJS.ErrnoException) => {
      throw new CommandError(`${SCHEDULES_FILE} cannot be read: ${error.code ?? error.message}`, EXIT.usage);
    },
  );
  const entries = readEntries(schedulesText);
  return { directory, group, jobs: await readJobFiles(directory), entries, schedulesText };
}

/** A file of another shape is told when something is to be put into it. */
function readEntries(text: string): readonly ScheduleEntry[] {
  try {
    return readSchedulesFile(text).entries;
  } catch (error) {
    if (error instanceof UnknownShapeError) return [];
    throw error;
  }
}

/** What an import would write. */
export interface Change {
  readonly plan: Plan;
  readonly stubs: readonly NewFile[];
  /** `infra/schedules.ts` as it becomes; the error when it cannot be edited. */
  readonly schedules: string | UnknownShapeError;
}

/** @throws CommandError when a stack cannot hold so many jobs */
export function planChange(project: OpenProject, candidates: readonly Candidate[]): Change {
  const plan = planImport(candidates, project);
  refuseCrowd(project, plan.stubs.length);
  return { plan, stubs: plan.stubs, schedules: editSchedules(project.schedulesText, plan) };
}

function editSchedules(text: string, { entries }: Plan): string | UnknownShapeError {
  if (entries.length === 0) return text;
  try {
    return addEntries(readSchedulesFile(text), entries);
  } catch (error) {
    if (error instanceof UnknownShapeError) return error;
    throw error;
  }
}

function refuseCrowd({ jobs, group }: OpenProject, added: number): void {
  const there = jobs.filter((job) => job.group === group).length;
  if (added === 0 || there + added <= MAX_JOBS) return;
  const folder = group === '' ? 'functions/' : `functions/${group}/`;
  throw new CommandError(
    `${folder} would have ${there + added} jobs, and a stack holds about ${MAX_JOBS}: import a part of it at a time, each into a folder of its own with --group <name>`,
    EXIT.usage,
  );
}

/**
 * Writes it: the stubs first, so that nothing imports a file that is not there. A file that exists is left alone.
 *
 * @throws CommandError with the entries to paste, when `infra/schedules.ts` cannot be edited
 */
export async function writeChange({ directory, schedulesText }: OpenProject, change: Change): Promise<void> {
  for (const { path, text } of change.stubs) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), text, { flag: 'wx' });
  }
  if (change.schedules instanceof UnknownShapeError) {
    throw new CommandError(toPaste(change.schedules, change.plan), EXIT.usage, { cause: change.schedules });
  }
  if (change.schedules !== schedulesText) await writeFile(join(directory, SCHEDULES_FILE), change.schedules);
}

/** What is wrong with the file, and the lines that belong into it, for somebody to put there. */
export function toPaste({ message }: UnknownShapeError, { entries }: Plan): string {
  const { imports, entries: lines } = describeEntries(entries);
  return `${SCHEDULES_FILE} is not edited: ${message}. Put this into it, beside the job files:\n\n${imports.join('\n')}\n\n${lines.join('\n')}`;
}
