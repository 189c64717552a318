import { rm } from 'node:fs/promises';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { systemClock } from '../clock.ts';
import { messageOf } from '../errors.ts';
import type { Manifest } from '../manifest.ts';
import { type Assembly, loadAssembly } from './assembly/index.ts';
import type { Closers } from './closers.ts';
import { deploySchedules, type ScheduleChanges } from './deploy-schedules.ts';
import type { CloudObserver } from './events.ts';
import { localClient } from './local-client.ts';
import { channelVariablesIn, readLocalEnvironment } from './local-environment.ts';
import type { Services } from './open-services.ts';
import type { StateFolder } from './state/state-folder.ts';
import type { AlarmState } from './summary.ts';
import { SynthesisError, synthesize } from './synthesize.ts';
import { Workload } from './workload.ts';

/** The app as it is deployed on the embedded cloud. */
export interface Deployment {
  /** Of the app as it runs now: a reload brings another. */
  readonly manifest: Manifest;
  alarms(): readonly AlarmState[];
  /** Begins to take work from the queues. */
  startFunctions(): void;
  /** Takes no more, waits for what runs, ends every process. */
  stopFunctions(): Promise<void>;
  /** Takes over what has changed in the app. A change that does not synthesize leaves everything as it is. */
  reload(): Promise<void>;
}

export interface DeploymentOptions {
  readonly projectDirectory: string;
  readonly stage?: string | undefined;
  readonly state: StateFolder;
  readonly services: Services;
  readonly observe: CloudObserver;
  /** Whether schedules are kept from firing. @default false */
  readonly isHeld?: boolean;
  /** Ends a synthesis that is going on. */
  readonly signal?: AbortSignal;
}

/**
 * Synthesizes the app and creates what its template says. Functions are loaded when the first message
 * comes for them.
 *
 * @throws SynthesisError with what the app printed
 */
export async function createDeployment(options: DeploymentOptions, closers: Closers): Promise<Deployment> {
  const { state, services, observe } = options;
  const client = new SchedulerClient(localClient(services.endpoint));
  closers.add(() => client.destroy());

  // What earlier versions of the app left there is nobody's any more; later ones are added to it.
  await rm(state.assembly, { recursive: true, force: true });
  let { assembly, localVariables, findings } = await build(options);
  const tell = (found: readonly Finding[]) => {
    // Whoever only wants one run has asked for nothing else.
    if (options.isHeld === true) return;
    for (const { kind, text } of found) observe({ kind, at: systemClock.now(), text });
  };
  tell(findings);
  await createResources(assembly, services);
  await deploySchedules(client, assembly);
  const workload = new Workload({ services, observe, isHeld: options.isHeld }, assembly, localVariables);

  return {
    get manifest() {
      return assembly.manifest;
    },
    alarms: () => workload.alarms(),
    startFunctions: () => workload.start(),
    stopFunctions: () => workload.stop(),
    async reload() {
      try {
        const next = await build(options);
        await createResources(next.assembly, services);
        const changes = await deploySchedules(client, next.assembly, assembly);
        workload.replace(next.assembly, next.localVariables);
        tell(next.findings.filter(({ text }) => findings.every((each) => each.text !== text)));
        const summary = describeChanges(changes, [assembly.manifest, next.assembly.manifest]);
        ({ assembly, localVariables, findings } = next);
        observe({ kind: 'reloaded', at: systemClock.now(), summary });
      } catch (error) {
        if (error instanceof SynthesisError && error.isInterrupted) return;
        observe({
          kind: 'reload-failed',
          at: systemClock.now(),
          error: messageOf(error),
        });
      }
    },
  };
}

/** What synth prints of the app. */
interface Finding {
  readonly kind: 'warning' | 'note';
  readonly text: string;
}

async function build({ projectDirectory, stage, state, services, signal }: DeploymentOptions) {
  const notes: Finding[] = [];
  const localVariables = await readLocalEnvironment(projectDirectory);
  const warnings = await synthesize({
    projectDirectory,
    stage,
    channelVariables: channelVariablesIn(localVariables),
    outputDirectory: state.assembly,
    onNote: (text) => notes.push({ kind: 'note', text }),
    ...(signal && { signal }),
  });
  const assembly = loadAssembly(state.assembly, {
    origin: services.endpoint,
    localVariables: Object.keys(localVariables),
  });
  return {
    assembly,
    localVariables,
    findings: [...warnings.map((text): Finding => ({ kind: 'warning', text })), ...notes],
  };
}

async function createResources(
  { tables, queues, topics, subscriptions }: Assembly,
  { backends }: Services,
): Promise<void> {
  for (const table of tables) await backends.tables.ensure(table);
  for (const { name, attributes } of queues) backends.queues.ensure({ QueueName: name, ...attributes });
  for (const { name } of topics) await backends.topics.ensure(name);
  await backends.topics.subscribe(subscriptions);
}

function describeChanges(
  { created, updated, deleted }: ScheduleChanges,
  [before, after]: readonly [before: Manifest, after: Manifest],
): string {
  const parts = [
    ['new jobs', jobsOnlyIn(after, before)],
    ['removed jobs', jobsOnlyIn(before, after)],
    ['new schedules', [...created]],
    ['changed schedules', [...updated]],
    ['removed schedules', [...deleted]],
  ] as const;
  const told = parts.filter(([, names]) => names.length > 0).map(([what, names]) => `${what}: ${names.join(', ')}`);
  return told.join('; ') || 'the next runs use the new code';
}

const jobsOnlyIn = ({ jobs }: Manifest, other: Manifest): readonly string[] =>
  jobs.map(({ name }) => name).filter((name) => other.jobs.every((each) => each.name !== name));
