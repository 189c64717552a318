import type { Checks } from './checks.ts';
import type { Condition } from './conditions.ts';
import type { Pass } from './pass-context.ts';
import { collectProblem } from './problems.ts';
import { beginAlert, type ReconciledStories, reconcileStories, storiesOf } from './stories.ts';
import { failedStoryKey } from './story-keys.ts';

export interface ReportedChecks extends ReconciledStories {
  /** Whether it has kept no alert. */
  readonly isQuiet: boolean;
}

/** Reports what the checks of runs and queues have found, and what they find no more. */
export async function reportChecks(
  { findings, ended }: Pick<Checks, 'findings' | 'ended'>,
  pass: Pass,
): Promise<ReportedChecks> {
  const problems: string[] = [];
  for (const { kind, conditions, unknown } of findings) {
    const news = conditions.filter((condition) => !isKnownFailure(condition, pass));
    const isUnknown = (story: string): boolean => unknown.includes(story);
    problems.push(...(await reconcileStories(kind, news, pass, { isUnknown })).problems);
  }
  for (const condition of ended) {
    // It is over already: its story has nothing to wait for.
    const step = () => beginAlert(condition, pass);
    await collectProblem(problems, `the alert about ${condition.story} cannot be kept`, step);
  }
  // Where there is nothing about checks, there is nothing to send.
  const kinds = findings.map(({ kind }) => kind);
  const hasStories = kinds.some((kind) => storiesOf(kind, pass).length > 0);
  const isQuiet = !hasStories && ended.length + findings.flatMap(({ conditions }) => conditions).length === 0;
  return { problems, isQuiet };
}

/** One cause is one message: the dead letter of a run that has failed is reported with the failure. */
const isKnownFailure = ({ kind, story, job = '' }: Condition, { stories }: Pass): boolean =>
  kind === 'dead-letters' && !stories.has(story) && stories.has(failedStoryKey(job));
