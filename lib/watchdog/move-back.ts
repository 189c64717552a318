import type { Pass } from './pass-context.ts';

/** How the dead letters of a job are moved back. */
export const moveBack = (queue: string, job: string, { plan, cli }: Pick<Pass, 'plan' | 'cli'>): readonly string[] => [
  `Move back  aws sqs start-message-move-task --source-arn ${cli.queueArns}${queue} --destination-arn ${cli.queueArns}${plan.jobs[job]?.queue}${cli.options}`,
  '           once the cause is mended: each run gets a new round of attempts under its run id',
];
