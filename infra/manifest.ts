import type { CheckedApp } from '../lib/job/check-app.ts';
import { stageNames } from '../lib/job/names.ts';
import type { Manifest } from '../lib/manifest.ts';

/** What the rest of Belfry knows of an app. */
export function createManifest({ deployment, jobs, schedules }: CheckedApp): Manifest {
  const { table, alertTopic, scheduleGroup, deliveryQueue } = stageNames(deployment);
  return {
    v: 1,
    ...deployment,
    jobs: jobs.map(({ name, group, policy, timeouts, names }) => ({ name, group, policy, timeouts, resources: names })),
    schedules: schedules.filter(({ isOver }) => !isOver).map(({ isOver: _, ...schedule }) => schedule),
    resources: { table, alertTopic, scheduleGroup, deliveryQueue },
  };
}
