import {
  CreateScheduleCommand,
  type CreateScheduleCommandInput,
  DeleteScheduleCommand,
  GetScheduleCommand,
  SchedulerClient,
} from '@aws-sdk/client-scheduler';
import { ulid } from 'ulid';
import { MINUTE } from '../../../lib/units.ts';
import type { Cloud } from './cloud.ts';

/** What a check says of a schedule that it makes itself. */
export type Schedule = Omit<CreateScheduleCommandInput, 'Name' | 'GroupName' | 'FlexibleTimeWindow'>;

export const newName = (): string => `check-${ulid().slice(-10).toLowerCase()}`;

/** A whole minute that is still to come when a schedule for it has been made, and its cloud has taken note of it. */
export function dueSoon({ target }: Cloud): Date {
  const notBefore = Date.now() + (target.kind === 'aws' ? 60_000 : 15_000);
  return new Date(Math.ceil(notBefore / MINUTE) * MINUTE);
}

/** One time, by the clock of a zone: `at(2027-03-02T07:30:00)` */
export function once(instant: Date, timeZone: string): string {
  const local = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' }).format(instant);
  return `at(${local.replace(' ', 'T')})`;
}

/** The schedules of the deployment's group, through EventBridge Scheduler's API. */
export class CheckSchedules {
  readonly #cloud: Cloud;
  readonly #client: SchedulerClient;

  constructor(cloud: Cloud) {
    this.#cloud = cloud;
    this.#client = new SchedulerClient(cloud.config);
  }

  /** @returns its name */
  async create(schedule: Schedule): Promise<string> {
    const Name = newName();
    const fixed = { Name, GroupName: this.#cloud.prefix, FlexibleTimeWindow: { Mode: 'OFF' as const } };
    await this.#client.send(new CreateScheduleCommand({ ...schedule, ...fixed }));
    return Name;
  }

  async delete(Name: string): Promise<void> {
    await this.#client.send(new DeleteScheduleCommand({ Name, GroupName: this.#cloud.prefix }));
  }

  async get(Name: string) {
    return await this.#client.send(new GetScheduleCommand({ Name, GroupName: this.#cloud.prefix }));
  }

  async isGone(name: string): Promise<boolean> {
    try {
      await this.get(name);
      return false;
    } catch (error) {
      if ((error as Error).name === 'ResourceNotFoundException') return true;
      throw error;
    }
  }

  /** Takes a schedule of the deployment away as long as something goes on, and puts it back. */
  async without(id: string, perform: () => Promise<void>): Promise<void> {
    const Name = `${this.#cloud.prefix}-${id}`;
    const { ScheduleExpression, ScheduleExpressionTimezone, Target, FlexibleTimeWindow } = await this.get(Name);
    await this.delete(Name);
    try {
      await perform();
    } finally {
      const when = { ScheduleExpression, ScheduleExpressionTimezone, FlexibleTimeWindow };
      await this.#client.send(new CreateScheduleCommand({ Name, GroupName: this.#cloud.prefix, ...when, Target }));
    }
  }

  /** A queue as a target, with the role that the deployment's own schedules send under. */
  async targetOf(queue: string): Promise<{ readonly Arn: string; readonly RoleArn: string | undefined }> {
    const { Target } = await this.get(`${this.#cloud.prefix}-probe-due`);
    const { QueueArn = '' } = await this.#cloud.queueAttributes(queue);
    return { Arn: QueueArn, RoleArn: Target?.RoleArn };
  }
}
