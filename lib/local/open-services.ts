import { randomBytes } from 'node:crypto';
import { systemClock } from '../clock.ts';
import { accountId, type Backends, createBackends, defaultRegion, type QueueSnapshot } from './backends.ts';
import type { Closers } from './closers.ts';
import type { AlarmStates } from './cloudwatch/index.ts';
import { dropNext, readDrop } from './drops.ts';
import type { CloudObserver } from './events.ts';
import { startFront } from './gateway/index.ts';
import { observeStore } from './observe-store.ts';
import { createScheduler, type Scheduler } from './scheduler/index.ts';
import { observeScheduler } from './schedules.ts';
import { queueTarget, servicesOf } from './services.ts';
import { QueueKeeper } from './state/queue-keeper.ts';
import type { StateFolder } from './state/state-folder.ts';

/** The emulated services, reachable, with what they had stored; nothing runs yet. */
export interface Services {
  /** `http://127.0.0.1:<port>` */
  readonly endpoint: string;
  readonly backends: Backends;
  readonly scheduler: Scheduler;
  readonly alarmStates: AlarmStates;
  /** Lets other commands of this checkout find the cloud. To be called when it can serve them. */
  announce(): Promise<void>;
  /** Puts the messages back that waited when the cloud last stopped. To be called when the queues are there. */
  restoreQueues(): Promise<void>;
}

export interface ServicesOptions {
  readonly state: StateFolder;
  readonly observe: CloudObserver;
  /** The chance that a fire is delivered twice, from 0 to 1. @default 0 */
  readonly duplicates?: number | undefined;
  /** @default one that is free */
  readonly port?: number | undefined;
}

export async function openServices(
  { state, observe, duplicates: chance = 0, port }: ServicesOptions,
  closers: Closers,
): Promise<Services> {
  let keeper: QueueKeeper | undefined;
  let refusal: string | undefined;
  const backends = await createBackends({
    directory: state.data,
    onPublish: ({ subject = '', message }) => observe({ kind: 'alert', at: systemClock.now(), subject, message }),
    onChange: () => keeper?.note(),
    store: observeStore((event) => {
      if (event.kind === 'store-refuses') refusal = event.reason;
      if (event.kind === 'store-reopened') refusal = undefined;
      observe(event);
    }, systemClock),
  });
  closers.add(() => backends.close());

  const scheduler = createScheduler({
    residence: { region: defaultRegion, account: accountId },
    clock: systemClock,
    target: queueTarget(backends.queues),
    marks: {
      load: state.marks.load,
      // What a mark counts as fired must not be lost with the queues' last changes.
      async save(marks) {
        await keeper?.save();
        await state.marks.save(marks);
      },
    },
    duplicates: { chance },
    observer: observeScheduler(observe, systemClock),
  });
  const token = randomBytes(24).toString('base64url');
  const control = {
    token,
    handlers: {
      status: async () => ({ pid: process.pid, refusal }),
      drop: async (input: unknown) => dropNext(scheduler, readDrop(input)),
    },
  };
  const front = await startFront({
    services: servicesOf(backends, scheduler, async () => keeper?.save()),
    control,
    ...(port !== undefined && { port }),
    onNotEmulated: (notice) => observe({ kind: 'not-emulated', at: systemClock.now(), ...notice }),
  });
  closers.add(() => front.close());
  return {
    endpoint: front.origin,
    backends,
    scheduler,
    alarmStates: {
      saved: await state.readAlarms(),
      save: (alarms) => state.writeAlarms(alarms),
    },
    async announce() {
      await state.writeRunning({ port: front.port, token });
      closers.add(() => state.removeRunning({ token }));
    },
    async restoreQueues() {
      await state.restoreQueues((saved) => restoreAll(saved, backends.queues));
      // Only from here on: an empty queue must not replace what has not been put back yet.
      keeper = new QueueKeeper({
        clock: systemClock,
        snapshot: backends.queues.snapshot,
        write: (snapshot) => state.writeQueues(snapshot),
      });
      const { save } = keeper;
      closers.add(() => save());
    },
  };
}

/** Also into queues that the app has no more: a job whose file was moved away for a while must not lose its dead letters. */
function restoreAll(saved: unknown, queues: Backends['queues']): void {
  const { unknownQueues } = queues.restore(saved);
  if (unknownQueues.length === 0) return;
  for (const QueueName of unknownQueues) queues.ensure({ QueueName });
  const { queues: all } = saved as QueueSnapshot;
  queues.restore({ v: 1, queues: Object.fromEntries(unknownQueues.map((name) => [name, all[name]])) });
}
