import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { createRunClient } from '../client/run-client.ts';
import { systemClock } from '../clock.ts';
import { messageOf } from '../errors.ts';
import type { Manifest } from '../manifest.ts';
import { createSqsRunQueue } from '../store/sqs/sqs-run-queue.ts';
import type { EpochMs } from '../units.ts';
import { queuePath } from './account.ts';
import { Closers } from './closers.ts';
import { createDeployment, type Deployment } from './deployment.ts';
import { type Drop, dropNext } from './drops.ts';
import type { CloudObserver } from './events.ts';
import { localClient } from './local-client.ts';
import { openServices, type Services } from './open-services.ts';
import { type DueSchedule, dueSchedules } from './schedules.ts';
import { deleteExpired } from './state/expiry.ts';
import { scanRuns, unfinishedRuns } from './state/resume.ts';
import { StateFolder } from './state/state-folder.ts';
import { errorOf, type Summary, summarize } from './summary.ts';
import { watchSources } from './watch.ts';

export interface CloudOptions {
  readonly projectDirectory: string;
  /** @default the app's own: `dev` where it reads the stage from the context */
  readonly stage?: string | undefined;
  readonly observe: CloudObserver;
  /** Whether schedules are kept from firing. @default false */
  readonly isHeld?: boolean;
  /** Whether functions run; if not, only what is stored can be looked at. @default true */
  readonly takesWork?: boolean;
  /** The chance that a fire is delivered twice, as EventBridge's at-least-once allows; from 0 to 1. @default 0 */
  readonly duplicates?: number | undefined;
  /** Where it listens on 127.0.0.1. @default a port that is free */
  readonly port?: number | undefined;
  /** Due times that are not delivered. @default none */
  readonly drops?: readonly Drop[] | undefined;
  /** Whether a change in a file of the app is taken over at once. @default false */
  readonly isWatching?: boolean;
}

/** A running cloud. */
export interface Cloud {
  readonly endpoint: string;
  /** Of the app as it runs now: a reload brings another. */
  readonly manifest: Manifest;
  nextDueTimes(): readonly DueSchedule[];
  requestRun(job: string, input: unknown): Promise<string>;
  /** Takes no more work, waits for what runs, saves what waits, and ends everything it started. */
  close(): Promise<Summary>;
}

export { localClient } from './local-client.ts';
export type { DueSchedule } from './schedules.ts';

/**
 * Synthesizes the app and runs it on emulated AWS services, behind one port of 127.0.0.1.
 *
 * Everything that is stored lies in the project's `.belfry` folder, and is there again at the next start.
 *
 * @throws SynthesisError with what the app printed
 * @throws DirectoryInUseError when another cloud has this folder
 * @throws PortInUseError when another program has the port
 * @throws InvalidDropError for a drop of a schedule that the app does not have
 */
export async function startCloud(options: CloudOptions): Promise<Cloud> {
  const startedAt = systemClock.now();
  const errors: Summary['errors'][number][] = [];
  const observe: CloudObserver = (event) => {
    options.observe(event);
    const error = event.kind === 'run' ? errorOf(event) : undefined;
    if (error !== undefined) errors.push(error);
  };
  const [storage, work] = [new Closers(), new Closers()];
  try {
    const state = new StateFolder(options.projectDirectory);
    await state.create();
    const services = await openServices({ ...options, state, observe }, storage);
    const stopping = new AbortController();
    const deployment = await createDeployment(
      { ...options, state, services, observe, signal: stopping.signal },
      storage,
    );
    for (const drop of options.drops ?? []) dropNext(services.scheduler, drop);
    await startWork({ options, services, deployment, observe }, work);
    // Before all else: the watch waits for a reload that it has begun.
    work.add(() => stopping.abort());
    // One that is held ends with the command that started it: nobody else may rely on it.
    if (options.isHeld !== true) await services.announce();
    return createCloud({ services, deployment, work, storage, startedAt, errors });
  } catch (error) {
    await work.run().catch(() => {});
    await storage.run().catch(() => {});
    throw error;
  }
}

interface Parts {
  readonly services: Services;
  readonly deployment: Deployment;
}

async function startWork(
  { options, services, deployment, observe }: Parts & { options: CloudOptions; observe: CloudObserver },
  work: Closers,
): Promise<void> {
  if (options.takesWork === false) return;
  await services.restoreQueues();
  await tidyTable({ services, deployment });
  await resumeRuns({ services, deployment }, observe);
  deployment.startFunctions();
  work.add(() => deployment.stopFunctions());
  if (options.isHeld !== true) {
    await services.scheduler.start();
    work.add(() => services.scheduler.stop());
  }
  if (options.isWatching === true) {
    const watch = watchSources(options.projectDirectory, {
      onChange: () => deployment.reload(),
      onError: (error) =>
        observe({
          kind: 'reload-failed',
          at: systemClock.now(),
          error: `changes in files are not seen: ${String(error)}`,
        }),
    });
    work.add(() => watch.close());
  }
}

/** At a start, and not while it runs: the records of a day do no harm. */
async function tidyTable({ services, deployment }: Parts): Promise<void> {
  const client = new DynamoDBClient(localClient(services.endpoint));
  await deleteExpired(client, deployment.manifest.resources.table, systemClock.now());
  client.destroy();
}

/** Every run that had not ended is sent again, whether or not its message has survived: the claim absorbs the second. */
async function resumeRuns({ services, deployment }: Parts, observe: CloudObserver): Promise<void> {
  const connection = localClient(services.endpoint);
  const [client, sqs] = [new DynamoDBClient(connection), new SQSClient(connection)];
  const names = new Map(deployment.manifest.jobs.map(({ name, resources }) => [name, resources.queue]));
  const urlOf = (job: string): string => `${services.endpoint}${queuePath(names.get(job) ?? '')}`;
  const queue = createSqsRunQueue({ client: sqs, urlOf });
  for await (const request of unfinishedRuns(client, deployment.manifest)) {
    const about = { at: systemClock.now(), runId: request.run };
    try {
      await queue.send(request);
      observe({ kind: 'resent', ...about });
    } catch (error) {
      // One run that cannot go on must not keep the others, and the cloud, from it.
      observe({ kind: 'not-resent', reason: messageOf(error), ...about });
    }
  }
  client.destroy();
  sqs.destroy();
}

interface CloudParts extends Parts {
  readonly work: Closers;
  readonly storage: Closers;
  readonly startedAt: EpochMs;
  readonly errors: Summary['errors'];
}

function createCloud({ services, deployment, work, storage, startedAt, errors }: CloudParts): Cloud {
  const { endpoint } = services;
  const summary = async (): Promise<Summary> => {
    const { jobs, resources } = deployment.manifest;
    const client = new DynamoDBClient(localClient(endpoint));
    const runs = scanRuns(client, resources.table);
    const names = jobs.map(({ name }) => name);
    return await summarize({
      startedAt,
      endedAt: systemClock.now(),
      jobs: names,
      runs,
      alarms: deployment.alarms(),
      errors,
    });
  };
  return {
    endpoint,
    get manifest() {
      return deployment.manifest;
    },
    nextDueTimes: () => dueSchedules(deployment.manifest, services.scheduler),
    requestRun: (job, input) =>
      createRunClient({ deployment: deployment.manifest, client: localClient(endpoint) }).requestRun({
        job,
        input,
        requestedBy: 'npm start',
      }),
    async close() {
      await work.run();
      const result = await summary();
      await storage.run();
      return result;
    },
  };
}
