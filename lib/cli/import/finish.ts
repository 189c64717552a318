import { EXIT } from '../shared/exit-codes.ts';
import { findProject } from '../shared/project.ts';
import { openTerminal, type Terminal } from '../shared/terminal.ts';
import type { Candidate, Reading } from './found.ts';
import { SCHEDULES_FILE } from './project/schedules-file.ts';
import { type Change, openProject, planChange, toPaste, writeChange } from './project/write.ts';
import { formatReport } from './report.ts';

export interface ImportOptions {
  readonly group: string;
  readonly dryRun?: boolean;
}

/** Plans, writes and reports what was read. @returns the exit code */
export async function finishImport(reading: Reading, { group, dryRun = false }: ImportOptions): Promise<number> {
  const terminal = openTerminal({ isForMachine: false });
  const project = await openProject(findProject(process.cwd()), group);
  const candidates = reading.found.filter((each): each is Candidate => each.kind === 'candidate');
  const change = planChange(project, candidates);
  terminal.print(formatReport(reading, change.plan, terminal.colors));
  if (dryRun) printChange(change, project.schedulesText, terminal);
  else await writeChange(project, change);
  terminal.print(whatWasWritten(change, dryRun));
  return candidates.length === reading.found.length ? EXIT.done : EXIT.notAllUnderstood;
}

function whatWasWritten({ plan, stubs }: Change, dryRun: boolean): string {
  const { entries } = plan;
  if (entries.length === 0) return dryRun ? 'nothing would be written' : 'nothing was written';
  const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;
  const what = `${count(stubs.length, 'job file')} in functions/ and ${count(entries.length, 'disabled entry').replace('entrys', 'entries')} in ${SCHEDULES_FILE}`;
  return `${dryRun ? 'would be written' : 'written'}: ${what}`;
}

function printChange({ plan, stubs, schedules }: Change, before: string, { print, colors }: Terminal): void {
  for (const { path, text } of stubs) print(`${colors.dim(`\n--- ${path}`)}\n${text.trimEnd()}`);
  const added = typeof schedules === 'string' ? addedLines(before, schedules) : [toPaste(schedules, plan)];
  if (added.length > 0) print(`${colors.dim(`\n--- added to ${SCHEDULES_FILE}`)}\n${added.join('\n')}\n`);
}

/** Nothing but whole lines and commas is ever put in. */
function addedLines(before: string, after: string): readonly string[] {
  const old = before.split(/\r?\n/);
  let next = 0;
  return after.split(/\r?\n/).filter((line) => {
    const isOld = line === old[next] || line === `${old[next]},`;
    if (isOld) next += 1;
    return !isOld;
  });
}
