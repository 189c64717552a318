import { DEPLOYMENT_NAME, DEPLOYMENT_NAME_RULE, type Deployment } from '../job/names.ts';
import { asDeploymentName } from './app-name.ts';
import { InvalidAppError, pointAtUnexpected } from './check-report.ts';

/** @throws InvalidAppError when the app's or the stage's name cannot be part of every resource's name */
export function checkDeployment({ app, stage }: Deployment): void {
  const problems = [
    ...checkDeploymentName('app', app, 'set it in cdk.json, context.app'),
    ...checkDeploymentName('stage', stage, 'give it as -c stage=prod'),
  ];
  if (problems.length > 0) throw new InvalidAppError(problems);
}

/**
 * What is wrong with an app's or a stage's name.
 *
 * @param cure where it is given
 */
export function checkDeploymentName(
  label: 'app' | 'stage',
  name: string,
  cure: string,
  prefix = '',
): readonly string[] {
  if (DEPLOYMENT_NAME.test(name)) return [];
  const suggestion = asDeploymentName(name).slice(0, 12);
  const example = DEPLOYMENT_NAME.test(suggestion) ? `, such as "${suggestion}"` : '';
  return [
    pointAtUnexpected({
      prefix,
      label,
      text: name,
      first: /[a-z]/,
      rest: /[a-z0-9]/,
      longest: 12,
      problem: `${DEPLOYMENT_NAME_RULE}${example}; ${cure}`,
    }),
  ];
}
