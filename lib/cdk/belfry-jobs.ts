import { Stack } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { DeployableJob } from '../app/check-jobs.ts';
import type { CheckedSchedule } from '../app/checked-schedule.ts';
import { JobSchedule } from './job-schedule.ts';
import { JobWorker } from './job-worker.ts';
import { type Surroundings, sharedArns } from './surroundings.ts';

export interface BelfryJobsProps {
  readonly jobs: readonly DeployableJob[];
  readonly schedules: readonly CheckedSchedule[];
  readonly codeOf: (job: string) => Code;
  readonly surroundings: Surroundings;
}

/** The jobs of one folder with their schedules, and the role by which EventBridge reaches their queues. */
export class BelfryJobs extends Construct {
  readonly workers: ReadonlyMap<string, JobWorker>;

  constructor(scope: Construct, id: string, { jobs, schedules, codeOf, surroundings }: BelfryJobsProps) {
    super(scope, id);
    const workers = new Map(
      jobs.map((job) => [job.name, new JobWorker(this, job.name, { job, code: codeOf(job.name), surroundings })]),
    );
    this.workers = workers;
    const arns = sharedArns(this, surroundings.names);
    const role = this.createSchedulerRole(arns);
    for (const schedule of schedules) {
      const worker = workers.get(schedule.job);
      if (worker === undefined) continue;
      // Not below the job: a schedule that moves to another job keeps its logical id, as it keeps its name.
      new JobSchedule(this, `Schedule-${schedule.id}`, {
        schedule,
        group: surroundings.scheduleGroup,
        names: surroundings.names,
        queueArn: worker.queueArn,
        deliveryQueueArn: arns.deliveryQueue,
        roleArn: role.roleArn,
      });
    }
  }

  /** May be assumed for schedules of this deployment's group only, and send to these queues only. */
  private createSchedulerRole({
    scheduleGroup,
    deliveryQueue,
  }: {
    scheduleGroup: string;
    deliveryQueue: string;
  }): Role {
    const queues = [...this.workers.values()].map((worker) => worker.queueArn);
    return new Role(this, 'SchedulerRole', {
      description: 'How EventBridge Scheduler sends due times to the queues of the jobs',
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': Stack.of(this).account },
          ArnEquals: { 'aws:SourceArn': scheduleGroup },
        },
      }),
      inlinePolicies: {
        Send: new PolicyDocument({
          statements: [new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [...queues, deliveryQueue] })],
        }),
      },
    });
  }
}
