import type { Colors } from '../shared/terminal.ts';
import type { Candidate, Found, Place, Reading, Refusal } from './found.ts';
import type { Outcome, Plan } from './project/plan.ts';
import { oneLine } from './safe-text.ts';

/**
 * The report of an import, line by line, and what it comes to.
 *
 * @param compared how many more were read, and told of in another way
 */
export function formatReport(
  { found, notes }: Reading,
  { outcomes }: Pick<Plan, 'outcomes'>,
  colors: Colors,
  compared = 0,
): string {
  const blocks = found.map((each) => {
    const outcome = each.kind === 'candidate' ? outcomes.get(each) : undefined;
    return each.kind === 'refusal' ? formatRefusal(each, colors) : formatCandidate(each, outcome, colors);
  });
  return [...blocks, ...notes.map((note) => `note: ${note}`), '', countLine(found, outcomes, compared)].join('\n');
}

export const placeText = ({ file, line }: Place): string => `${oneLine(file)}:${line}`;

function formatRefusal({ place, verdict, problem, excerpt }: Refusal, colors: Colors): string {
  const head = `${placeText(place)}: ${colors.red(`${verdict}:`)} ${problem}`;
  return [head, ...excerpt.map((line) => `    ${line}`)].join('\n');
}

function formatCandidate(candidate: Candidate, outcome: Outcome | undefined, colors: Colors): string {
  const { place, shown, words } = candidate;
  const lines = [
    `${placeText(place)}: ${verdictOf(candidate, outcome, colors)}`,
    `    ${colors.dim(shown)}`,
    ...words.map((word) => `    ${word}`),
    ...(outcome === undefined ? [] : destination(candidate, outcome)),
  ];
  return lines.join('\n');
}

function verdictOf({ porting }: Candidate, outcome: Outcome | undefined, colors: Colors): string {
  switch (outcome?.kind) {
    case 'there':
      return colors.dim('already there');
    case 'repeated':
      return colors.dim(`already there: the same command at the same time stands in line ${outcome.line}`);
    case 'changed':
      return colors.yellow('changed');
    case 'unclear':
      return colors.yellow(`already there, perhaps at another time: its ${outcome.field} is no plain text`);
    default:
      return porting.length === 0 ? colors.green('fits') : `${colors.yellow('needs porting:')} ${porting.join('; ')}`;
  }
}

function destination({ place, cron, timezone }: Candidate, outcome: Outcome): readonly string[] {
  const when = `${cron} in ${timezone}`;
  switch (outcome.kind) {
    case 'new':
      return [
        `    job ${outcome.job}${outcome.isNewJob ? '' : ` (${whence(place, outcome.sameAs)})`}, schedule ${outcome.schedule}: ${when}`,
      ];
    case 'unclear':
      return [`    schedule ${outcome.schedule} of job ${outcome.job}; here it is ${when}`];
    case 'there':
      return [`    job ${outcome.job}, schedule ${outcome.schedule}: ${when}`];
    case 'changed':
      return [
        `    schedule ${outcome.schedule} of job ${outcome.job} has ${outcome.was}, and here it is ${when}: if that is meant, write it there`,
      ];
    case 'repeated':
      return [];
  }
}

function whence({ file }: Place, sameAs: Place | undefined): string {
  if (sameAs === undefined) return 'there already';
  return `the same job as ${sameAs.file === file ? `line ${sameAs.line}` : placeText(sameAs)}`;
}

function countLine(found: readonly Found[], outcomes: ReadonlyMap<Candidate, Outcome>, compared: number): string {
  const counts = new Map<string, number>(compared > 0 ? [['compared', compared]] : []);
  for (const each of found) {
    const word = each.kind === 'refusal' ? each.verdict : countedAs(each, outcomes.get(each));
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const order = ['compared', 'fits', 'needs porting', 'already there', 'changed', 'not understood', 'not importable'];
  const parts = order.flatMap((word) => (counts.has(word) ? [`${word} ${counts.get(word)}`] : []));
  return `${found.length + compared} read: ${parts.join(', ') || 'no schedules'}`;
}

function countedAs({ porting }: Candidate, outcome: Outcome | undefined): string {
  if (outcome?.kind === 'changed') return 'changed';
  if (outcome?.kind === 'there' || outcome?.kind === 'unclear' || outcome?.kind === 'repeated') return 'already there';
  return porting.length === 0 ? 'fits' : 'needs porting';
}
