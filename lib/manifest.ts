import type { JobPolicy } from './job/policy.ts';
import type { SchedulePolicy } from './job/schedule-policy.ts';
import type { ChannelName } from './job/stages.ts';
import type { DeployedTimeouts } from './run/timeouts.ts';

/** Where synth leaves the manifest, inside the assembly's folder. */
export const MANIFEST_FILE = 'belfry.json';

/** The key of the context by which what runs an app on this machine says so: no CloudFormation deploys it. */
export const LOCAL_CONTEXT = 'belfry:local';

/** The key of the context with the names of the variables by which alerts of the embedded cloud reach real channels. */
export const LOCAL_CHANNELS_CONTEXT = 'belfry:channels';

/** What the embedded cloud, the command and the watchdog know of an app: written at synth, read everywhere else. */
export interface Manifest {
  readonly v: 1;
  readonly app: string;
  readonly stage: string;
  readonly jobs: readonly ManifestJob[];
  /** Belfry's own job, which is not among `jobs`. */
  readonly watchdog: ManifestJob;
  readonly schedules: readonly ManifestSchedule[];
  /** Where its jobs are; absent from what an earlier version has written. */
  readonly stacks?: readonly ManifestStack[];
  /** Who is to receive its alerts; absent from what an earlier version has written. */
  readonly alerts?: ManifestAlerts;
  /** Physical names shared by all jobs. */
  readonly resources: {
    readonly table: string;
    readonly alertTopic: string;
    readonly scheduleGroup: string;
    readonly deliveryQueue: string;
  };
}

export interface ManifestAlerts {
  /** As `infra/stages.ts` has them for the stage that is deployed. */
  readonly deployed: {
    readonly email: readonly string[];
    /** E-mail is among them where it has addresses. */
    readonly channels: readonly ChannelName[];
  };
  /** The channels that this assembly's alerts go to: on this machine those whose secrets `.belfry.env` has. */
  readonly channels: readonly ChannelName[];
}

/** A stack that has jobs of a group, or for `''` those of none. */
export interface ManifestStack {
  readonly group: string;
  readonly name: string;
  /** Whether Belfry makes it. */
  readonly isOwn: boolean;
}

export interface ManifestJob {
  readonly name: string;
  /** The folder under `functions/` whose stack it is in; empty for the main stack. */
  readonly group: string;
  readonly policy: JobPolicy;
  readonly timeouts: DeployedTimeouts;
  readonly resources: {
    readonly function: string;
    readonly queue: string;
    readonly deadLetterQueue: string;
    readonly logGroup: string;
  };
}

export interface ManifestSchedule {
  readonly id: string;
  readonly job: string;
  /** EventBridge's expressions: one, or two for cron with both day fields restricted. */
  readonly expressions: readonly string[];
  /** The expression as the user wrote it. */
  readonly source: string;
  readonly timezone: string;
  readonly input?: unknown;
  /** Whether it is on in this stage. */
  readonly enabled: boolean;
  readonly policy: SchedulePolicy;
}
