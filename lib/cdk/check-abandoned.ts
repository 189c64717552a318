import { STAGES_FILE } from '../app/check-stages.ts';
import { stagePrefix } from '../job/names.ts';
import { environmentOf, lastOf, type NextDeployment, UNDEPLOYED } from './check-change.ts';
import type { LastDeployment, LastSynthesis } from './last-synthesis.ts';

/**
 * Deployments of the last synthesis that the next one leaves behind: they would go on firing beside it. Another stage of an
 * app that is listed is not: it is only not synthesized this time. In stacks of the user's, the user decides.
 */
export function checkAbandoned(last: LastSynthesis, next: readonly NextDeployment[]): readonly string[] {
  const kept = new Set(next.map((each) => lastOf(last, each)));
  return last.deployments
    .filter((each) => !kept.has(each) && each.stacks.every(({ isOwn }) => isOwn))
    .flatMap((each) => {
      const why = whyAbandoned(
        each,
        next.filter(({ hasOwnStacks }) => hasOwnStacks),
      );
      if (why === undefined) return [];
      return [
        `${why}: the deployment ${stagePrefix(each)}, which cdk.out shows, would go on firing its schedules. ${UNDEPLOYED}. Otherwise remove it first: git checkout the commit before, npx cdk destroy --all -c stage=${each.stage}, then delete cdk.out, which still shows it; docs/deploying.md has the steps`,
      ];
    });
}

function whyAbandoned(
  { app, stage, environment }: LastDeployment,
  next: readonly NextDeployment[],
): string | undefined {
  const [first] = next;
  if (first === undefined) return undefined;
  const ofApp = next.filter((each) => each.app.deployment.app === app);
  if (ofApp.length === 0) return `the app is called "${first.app.deployment.app}" and was called "${app}"`;
  const ofStage = ofApp.find((each) => each.app.deployment.stage === stage);
  if (ofStage !== undefined) {
    return `${STAGES_FILE}: stage "${stage}" moves from ${environment} to ${environmentOf(ofStage)}`;
  }
  if (ofApp.some(({ stages }) => stages.includes(stage))) return undefined;
  return `${STAGES_FILE}: stage "${stage}" is not listed any more`;
}
