import type { Clock } from '../../clock.ts';
import { type EpochMs, epochMs } from '../../units.ts';
import { ApiError } from './errors.ts';
import { Fields } from './fields.ts';
import type { ClientTokens } from './idempotency.ts';
import { DEFAULT_GROUP, type ScheduleSettings, type StoredSchedule, scheduleKey } from './model.ts';
import { pageOf } from './page.ts';
import { isRate } from './rate.ts';
import type { ScheduleStore } from './store.ts';
import { CLIENT_TOKEN, NAME, readSettings } from './validation.ts';
import { type ApiRequest, bodyFields, queryFields, scheduleToWire, summaryToWire } from './wire.ts';

/** What the operations work on. */
export interface ApiParts {
  readonly clock: Clock;
  readonly store: ScheduleStore;
  readonly tokens: ClientTokens;
}

interface Key {
  readonly group: string;
  readonly name: string;
}

export function createSchedule({ clock, store, tokens }: ApiParts, request: ApiRequest, name: string): object {
  const { key, token, settings, body } = readRequest(request, name, clock.now());
  return tokens.once({
    operation: 'CreateSchedule',
    token,
    request: { ...body, key },
    isStillTrue: () => store.schedule(key) !== undefined,
    perform() {
      requireGroup(store, key.group);
      if (store.schedule(key) !== undefined) {
        throw new ApiError('ConflictException', `Schedule ${key.name} already exists.`);
      }
      return put(store, key, settings, clock.now());
    },
  });
}

export function updateSchedule({ clock, store, tokens }: ApiParts, request: ApiRequest, name: string): object {
  const { key, token, settings, body } = readRequest(request, name, clock.now());
  return tokens.once({
    operation: 'UpdateSchedule',
    token,
    request: { ...body, key },
    isStillTrue: () => store.schedule(key) !== undefined,
    perform() {
      requireSchedule(store, key);
      return put(store, key, settings, clock.now());
    },
  });
}

export function deleteSchedule({ store, tokens }: ApiParts, { query }: ApiRequest, name: string): object {
  const fields = queryFields(query, { Name: name });
  const key = readKey(fields, 'groupName');
  const token = fields.text('clientToken', CLIENT_TOKEN);
  fields.refuseViolations();
  return tokens.once({
    operation: 'DeleteSchedule',
    token,
    request: key,
    isStillTrue: () => store.schedule(key) === undefined,
    perform() {
      requireSchedule(store, key);
      store.deleteSchedule(key);
      return {};
    },
  });
}

export function getSchedule({ store }: ApiParts, { query }: ApiRequest, name: string): object {
  const fields = queryFields(query, { Name: name });
  const key = readKey(fields, 'groupName');
  fields.refuseViolations();
  return scheduleToWire(requireSchedule(store, key));
}

export function listSchedules({ store }: ApiParts, { query }: ApiRequest): object {
  const fields = queryFields(query);
  const group = fields.text('ScheduleGroup', NAME);
  const prefix = fields.text('NamePrefix', NAME) ?? '';
  const state = fields.choice('State', ['ENABLED', 'DISABLED']);
  fields.refuseViolations();
  if (group !== undefined) requireGroup(store, group);
  const matching = store
    .schedules()
    .filter((schedule) => group === undefined || schedule.group === group)
    .filter((schedule) => schedule.name.startsWith(prefix))
    .filter((schedule) => state === undefined || schedule.isEnabled === (state === 'ENABLED'));
  const { items, ...rest } = pageOf(matching, scheduleKey, fields);
  return { Schedules: items.map(summaryToWire), ...rest };
}

function readRequest(request: ApiRequest, name: string, now: EpochMs) {
  const body = bodyFields(request.body);
  const fields = new Fields({ ...body, Name: name });
  const key = readKey(fields, 'GroupName');
  const token = fields.text('ClientToken', CLIENT_TOKEN);
  return { key, token, settings: readSettings(fields, now), body };
}

function readKey(fields: Fields, groupMember: string): Key {
  return { group: fields.text(groupMember, NAME) ?? DEFAULT_GROUP, name: fields.requiredText('Name', NAME) };
}

function requireSchedule(store: ScheduleStore, key: Key): StoredSchedule {
  const schedule = store.schedule(key);
  if (schedule !== undefined) return schedule;
  throw new ApiError('ResourceNotFoundException', `Schedule ${key.name} does not exist.`);
}

function requireGroup(store: ScheduleStore, name: string): void {
  if (store.group(name) !== undefined) return;
  throw new ApiError('ResourceNotFoundException', `Schedule group ${name} does not exist.`);
}

function put(store: ScheduleStore, key: Key, settings: ScheduleSettings, now: EpochMs): object {
  const before = store.schedule(key);
  const arn = store.scheduleArn(key);
  store.putSchedule({
    ...settings,
    ...key,
    arn,
    createdAt: before?.createdAt ?? now,
    modifiedAt: now,
    ...countingFrom(before, settings, now),
  });
  return { ScheduleArn: arn };
}

/**
 * Which due times count after a change, and what a rate counts from: StartDate, or, without one, the moment the
 * schedule was "created and activated", which is itself a due time. AWS does not say what an update does to a running
 * rate: here it goes on undisturbed unless its expression or StartDate changes.
 */
function countingFrom(
  before: StoredSchedule | undefined,
  settings: ScheduleSettings,
  now: EpochMs,
): Pick<StoredSchedule, 'anchor' | 'dueAfter'> {
  const { startsAt, expression } = settings;
  if (startsAt !== undefined) return { anchor: startsAt, dueAfter: now };
  const goesOn = before?.isEnabled && before.expression === expression && before.startsAt === undefined;
  if (goesOn) return { anchor: before.anchor, dueAfter: now };
  // Whole seconds, since scheduled times are told in seconds.
  const anchor = epochMs(Math.floor(now / 1000) * 1000);
  return { anchor, dueAfter: isRate(expression) ? epochMs(anchor - 1) : now };
}
