import { SchedulerClient } from '@aws-sdk/client-scheduler';
import type { TestContext } from 'vitest';
import { systemClock } from '../../../lib/clock.ts';
import { accountId, createBackends, defaultRegion } from '../../../lib/local/backends.ts';
import { startFront } from '../../../lib/local/gateway/index.ts';
import { localClient } from '../../../lib/local/local-client.ts';
import { createScheduler } from '../../../lib/local/scheduler/index.ts';
import { queueTarget, servicesOf } from '../../../lib/local/services.ts';

/** An endpoint that stores schedules and never fires them, as LocalStack's and moto's; for `belfry tick`. */
export async function startEndpoint({ onTestFinished }: TestContext) {
  const backends = await createBackends();
  const scheduler = createScheduler({
    residence: { region: defaultRegion, account: accountId },
    clock: systemClock,
    target: queueTarget(backends.queues),
  });
  const callers = new Set<string | undefined>();
  const services = Object.entries(servicesOf(backends, scheduler)).map(([name, service]): [string, typeof service] => [
    name,
    (request) => {
      callers.add(/Credential=([^/]+)/.exec(request.headers.authorization ?? '')?.[1]);
      return service(request);
    },
  ]);
  const front = await startFront({
    services: Object.fromEntries(services),
    control: { token: 'secret', handlers: {} },
  });
  const api = new SchedulerClient(localClient(front.origin));
  onTestFinished(async () => {
    api.destroy();
    await front.close();
    await backends.close();
  });
  return { origin: front.origin, queues: backends.queues, tables: backends.tables, api, callers };
}
