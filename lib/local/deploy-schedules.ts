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
import { entryOf } from './schedules.ts';

/** What a deployment did to the schedules, by the ids of their entries. */
export interface ScheduleChanges {
  readonly created: ReadonlySet<string>;
  readonly updated: ReadonlySet<string>;
  readonly deleted: ReadonlySet<string>;
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
  const changes = { created: new Set<string>(), updated: new Set<string>(), deleted: new Set<string>() };

  for (const [key, schedule] of wanted) {
    const earlier = known.get(key);
    if (earlier === undefined) {
      await client.send(new CreateScheduleCommand(schedule));
      changes.created.add(idOf(schedule));
    } else if (!isDeepStrictEqual(earlier, schedule)) {
      await client.send(new UpdateScheduleCommand(schedule));
      changes.updated.add(idOf(schedule));
    }
  }
  for await (const { Schedules = [] } of paginateListSchedules({ client }, {})) {
    for (const { Name, GroupName } of Schedules) {
      const key = keyOf({ Name, GroupName });
      if (wanted.has(key)) continue;
      await client.send(new DeleteScheduleCommand({ Name, GroupName }));
      changes.deleted.add(idOf(known.get(key) ?? { Name }));
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

type Named = Partial<Pick<CreateScheduleCommandInput, 'Name' | 'GroupName' | 'Target'>>;

const idOf = ({ Name = '', Target }: Named): string => entryOf({ name: Name, input: Target?.Input });
const keyOf = ({ Name, GroupName = 'default' }: Named): string => `${GroupName}/${Name}`;
