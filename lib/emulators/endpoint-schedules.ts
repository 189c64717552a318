import {
  DeleteScheduleCommand,
  GetScheduleCommand,
  paginateListSchedules,
  ResourceNotFoundException,
  type SchedulerClient,
} from '@aws-sdk/client-scheduler';
import { type EpochMs, epochMs } from '../units.ts';
import { type Reading, readSchedule } from './read-schedule.ts';

/** What the endpoint's list says of a schedule. */
export interface ListedSchedule {
  readonly group: string;
  readonly name: string;
  /** Its LastModificationDate; undefined where the endpoint gives none. */
  readonly modifiedAt: EpochMs | undefined;
}

/** All that the endpoint says of a schedule. Two that are deeply equal are the same definition. */
export interface DescribedSchedule extends ListedSchedule {
  readonly arn: string | undefined;
  readonly createdAt: EpochMs | undefined;
  readonly reading: Reading;
}

/**
 * The schedules of some groups. A group that is not there has none: its stack may not be deployed yet.
 *
 * @throws the SDK's error, unchanged
 */
export async function listSchedules(
  client: SchedulerClient,
  groups: readonly string[],
): Promise<readonly ListedSchedule[]> {
  const listed: ListedSchedule[] = [];
  for (const group of groups) {
    const pages = paginateListSchedules({ client, pageSize: 100, stopOnSameToken: true }, { GroupName: group });
    try {
      for await (const { Schedules = [] } of pages) {
        for (const { Name: name = '', LastModificationDate } of Schedules) {
          listed.push({ group, name, modifiedAt: toInstant(LastModificationDate) });
        }
      }
    } catch (error) {
      if (!(error instanceof ResourceNotFoundException)) throw error;
    }
  }
  return listed;
}

/** @returns undefined when it is there no more @throws the SDK's error, unchanged */
export async function describeSchedule(
  client: SchedulerClient,
  { group, name }: ListedSchedule,
): Promise<DescribedSchedule | undefined> {
  try {
    const output = await client.send(new GetScheduleCommand({ GroupName: group, Name: name }));
    return {
      group,
      name,
      arn: output.Arn,
      createdAt: toInstant(output.CreationDate),
      modifiedAt: toInstant(output.LastModificationDate),
      reading: readSchedule(output),
    };
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

/** Also when it is there no more. @throws the SDK's error, unchanged */
export async function deleteSchedule(
  client: SchedulerClient,
  { group, name }: Pick<ListedSchedule, 'group' | 'name'>,
): Promise<void> {
  try {
    await client.send(new DeleteScheduleCommand({ GroupName: group, Name: name }));
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
  }
}

const toInstant = (date: Date | undefined): EpochMs | undefined => date && epochMs(date.getTime());
