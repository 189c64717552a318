import type { CheckedApp } from '../app/check-app.ts';
import type { DeployableJob } from '../app/check-jobs.ts';
import { stageNames } from '../job/names.ts';
import type { Manifest, ManifestAlerts, ManifestJob, ManifestStack } from '../manifest.ts';

/** What the rest of Belfry knows of an app. */
export function createManifest(
  { deployment, jobs, schedules }: CheckedApp,
  watchdog: DeployableJob,
  { stacks, alerts }: { readonly stacks: readonly ManifestStack[]; readonly alerts: ManifestAlerts },
): Manifest {
  const { table, alertTopic, scheduleGroup, deliveryQueue } = stageNames(deployment);
  return {
    v: 1,
    ...deployment,
    jobs: jobs.map(manifestJob),
    watchdog: manifestJob({ ...watchdog, group: '' }),
    schedules: schedules.filter(({ isOver }) => !isOver).map(({ isOver: _, ...schedule }) => schedule),
    stacks,
    alerts,
    resources: { table, alertTopic, scheduleGroup, deliveryQueue },
  };
}

const manifestJob = ({
  names,
  name,
  group,
  policy,
  timeouts,
}: DeployableJob & { readonly group: string }): ManifestJob => ({ name, group, policy, timeouts, resources: names });
