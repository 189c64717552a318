import { isDeepStrictEqual } from 'node:util';
import {
  ConflictException,
  CreateScheduleCommand,
  type CreateScheduleCommandInput,
  CreateScheduleGroupCommand,
  DeleteScheduleCommand,
  paginateListSchedules,
  type SchedulerClient,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
import type { Assembly } from './assembly/index.ts';

/** What a deployment did to the schedules, by name. */
export interface ScheduleChanges {
  readonly created: readonly string[];
  readonly updated: readonly string[];
  readonly deleted: readonly string[];
}

/**
 * Brings the schedules to what an assembly says, through the same API that a deployment uses. A schedule
 * that is as it was is not touched: an update would begin its time anew.
 *
 * @param before the assembly that was deployed last
 */
export async function deploySchedules(
  client: SchedulerClient,
  assembly: Assembly,
  before?: Assembly,
): Promise<ScheduleChanges> {
  for (const Name of assembly.scheduleGroups) await createGroup(client, Name);
  const known = new Map(before?.schedules.map((schedule) => [keyOf(schedule), schedule]));
  const wanted = new Map(assembly.schedules.map((schedule) => [keyOf(schedule), schedule]));
  const changes = { created: [] as string[], updated: [] as string[], deleted: [] as string[] };

  for (const [key, schedule] of wanted) {
    const earlier = known.get(key);
    if (earlier === undefined) {
      await client.send(new CreateScheduleCommand(schedule));
      changes.created.push(nameOf(schedule));
    } else if (!isDeepStrictEqual(earlier, schedule)) {
      await client.send(new UpdateScheduleCommand(schedule));
      changes.updated.push(nameOf(schedule));
    }
  }
  for await (const { Schedules = [] } of paginateListSchedules({ client }, {})) {
    for (const { Name, GroupName } of Schedules) {
      if (wanted.has(keyOf({ Name, GroupName }))) continue;
      await client.send(new DeleteScheduleCommand({ Name, GroupName }));
      changes.deleted.push(Name ?? '');
    }
  }
  return changes;
}

async function createGroup(client: SchedulerClient, Name: string): Promise<void> {
  try {
    await client.send(new CreateScheduleGroupCommand({ Name }));
  } catch (error) {
    if (!(error instanceof ConflictException)) throw error;
  }
}

type Named = Partial<Pick<CreateScheduleCommandInput, 'Name' | 'GroupName'>>;

const nameOf = ({ Name }: Named): string => Name ?? '';
const keyOf = ({ Name, GroupName = 'default' }: Named): string => `${GroupName}/${Name}`;
