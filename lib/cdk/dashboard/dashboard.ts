import { ArnFormat, Stack } from 'aws-cdk-lib';
import { CfnAlarm, CfnDashboard } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct, IConstruct } from 'constructs';
import { type Deployment, stageNames, WATCHDOG } from '../../job/names.ts';
import type { Check } from '../deployments.ts';
import type { JobWorker } from '../job-worker.ts';
import { type DashboardContent, dashboardBody, tooLarge } from './body.ts';

export interface DashboardProps {
  readonly deployment: Deployment;
  /** Of all jobs, the watchdog's among them. */
  readonly workers: readonly JobWorker[];
}

/**
 * The dashboard of a stage, by queries of log lines and AWS's own metrics: it adds no metric of its own.
 *
 * @param scope what the alarms that all jobs share are below
 * @returns what finds out whether CloudWatch takes it
 */
export function createDashboard(scope: Construct, { deployment, workers }: DashboardProps): Check {
  const names = stageNames(deployment);
  const jobs = workers.map(({ job }) => job).toSorted((one, other) => one.name.localeCompare(other.name, 'en'));
  const watchdog = jobs.find(({ name }) => name === WATCHDOG);
  if (watchdog === undefined) throw new Error('a deployment without a watchdog has no dashboard');
  const content: DashboardContent = {
    stage: deployment.stage,
    names,
    jobs: jobs.filter((job) => job !== watchdog),
    watchdog,
    queues: queuesBelow([scope, ...workers]),
    alarms: alarmArns(scope, workers),
    region: Stack.of(scope).region,
  };
  const body = dashboardBody(content);
  new CfnDashboard(scope, 'Dashboard', {
    dashboardName: names.dashboard,
    dashboardBody: Stack.of(scope).toJsonString(body),
  });
  return () => tooLarge(body, content);
}

/** What a deployment has of a kind, in all its stacks. */
const findAll = <Found extends IConstruct>(
  scopes: readonly Construct[],
  kind: abstract new (...args: never[]) => Found,
): readonly Found[] => [
  ...new Set(scopes.flatMap((each) => each.node.findAll()).filter((each): each is Found => each instanceof kind)),
];

/** Queues that dead letters are moved to have no such queue themselves. */
function queuesBelow(scopes: readonly Construct[]): DashboardContent['queues'] {
  const names = (queues: readonly CfnQueue[]) => queues.flatMap(({ queueName }) => queueName ?? []).sort();
  const all = findAll(scopes, CfnQueue);
  return {
    deadLetters: names(all.filter(({ redrivePolicy }) => redrivePolicy === undefined)),
    waiting: names(all.filter(({ redrivePolicy }) => redrivePolicy !== undefined)),
  };
}

/** Those that all jobs share first. By their names: a group's stack may not export anything to the main one. */
function alarmArns(scope: Construct, workers: readonly JobWorker[]): readonly string[] {
  const names = findAll([scope, ...workers], CfnAlarm).flatMap(({ alarmName }) => alarmName ?? []);
  const shared = names.filter((name) => !workers.some(({ job }) => name.startsWith(`${job.names.function}-`)));
  const ofJobs = names.filter((name) => !shared.includes(name)).sort();
  return [...shared, ...ofJobs].map((resourceName) =>
    Stack.of(scope).formatArn({
      service: 'cloudwatch',
      resource: 'alarm',
      resourceName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    }),
  );
}
