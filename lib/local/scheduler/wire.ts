import { randomUUID } from 'node:crypto';
import { type EpochMs, MINUTE } from '../../units.ts';
import { ApiError } from './errors.ts';
import { Fields, isRecord } from './fields.ts';
import type { StoredGroup, StoredSchedule } from './model.ts';

/** An HTTP request, whoever received it. */
export interface ApiRequest {
  readonly method: string;
  /** As it came, escapes and all, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

export interface ApiResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The members of a request's JSON body; none when there is no body. */
export function bodyFields(body: string): Record<string, unknown> {
  if (body === '') return {};
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch (error) {
    throw new ApiError('SerializationException', 'the body is not JSON', { cause: error });
  }
  if (isRecord(value)) return { ...value };
  throw new ApiError('SerializationException', 'the body must be a JSON object');
}

/** The members of a query string and of the path. A query has numbers as text; the only one is `MaxResults`. */
export function queryFields(query: URLSearchParams, path: Readonly<Record<string, string>> = {}): Fields {
  const count = query.has('MaxResults') ? { MaxResults: Number(query.get('MaxResults')) } : {};
  return new Fields({ ...Object.fromEntries(query), ...count, ...path });
}

export const success = (output: object): ApiResponse => respond(200, {}, output);

export const failure = ({ status, code, message }: ApiError): ApiResponse =>
  respond(status, { 'x-amzn-errortype': code }, { Message: message });

const respond = (status: number, headers: Record<string, string>, output: object): ApiResponse => ({
  status,
  headers: { 'content-type': 'application/json', 'x-amzn-requestid': randomUUID(), ...headers },
  body: JSON.stringify(output),
});

const toWireInstant = (instant: EpochMs | undefined): number | undefined =>
  instant === undefined ? undefined : instant / 1000;

export const groupToWire = (group: StoredGroup): object => ({
  Arn: group.arn,
  Name: group.name,
  State: 'ACTIVE',
  CreationDate: toWireInstant(group.createdAt),
  LastModificationDate: toWireInstant(group.modifiedAt),
});

/** What lists show of a schedule. */
export const summaryToWire = (schedule: StoredSchedule): object => ({
  ...headToWire(schedule),
  Target: { Arn: schedule.target.arn },
});

export const scheduleToWire = (schedule: StoredSchedule): object => ({
  ...headToWire(schedule),
  ScheduleExpression: schedule.expression,
  ScheduleExpressionTimezone: schedule.timezone,
  StartDate: toWireInstant(schedule.startsAt),
  EndDate: toWireInstant(schedule.endsAt),
  Description: schedule.description,
  KmsKeyArn: schedule.kmsKeyArn,
  ActionAfterCompletion: schedule.deletesAfterCompletion ? 'DELETE' : 'NONE',
  FlexibleTimeWindow:
    schedule.flexibleWindow === undefined
      ? { Mode: 'OFF' }
      : { Mode: 'FLEXIBLE', MaximumWindowInMinutes: schedule.flexibleWindow / MINUTE },
  Target: targetToWire(schedule),
});

const headToWire = (schedule: StoredSchedule): object => ({
  Arn: schedule.arn,
  Name: schedule.name,
  GroupName: schedule.group,
  State: schedule.isEnabled ? 'ENABLED' : 'DISABLED',
  CreationDate: toWireInstant(schedule.createdAt),
  LastModificationDate: toWireInstant(schedule.modifiedAt),
});

const targetToWire = ({ target }: StoredSchedule): object => ({
  Arn: target.arn,
  RoleArn: target.roleArn,
  Input: target.input,
  DeadLetterConfig: target.deadLetterArn === undefined ? undefined : { Arn: target.deadLetterArn },
  RetryPolicy: {
    MaximumEventAgeInSeconds: target.maxEventAge,
    MaximumRetryAttempts: target.maxRetryAttempts,
  },
});
