import type { EpochMs } from '../../units.ts';
import { ApiError } from './errors.ts';
import { Fields } from './fields.ts';
import { DEFAULT_GROUP, type StoredGroup } from './model.ts';
import { pageOf } from './page.ts';
import type { ApiParts } from './schedule-api.ts';
import { CLIENT_TOKEN, NAME } from './validation.ts';
import { type ApiRequest, bodyFields, groupToWire, queryFields } from './wire.ts';

const TAG_KEY = { max: 128 };
const TAG_VALUE = { min: 0, max: 256 };
const MAX_TAGS = 50;

export function createGroup({ clock, store, tokens }: ApiParts, request: ApiRequest, name: string): object {
  const body = bodyFields(request.body);
  const fields = new Fields({ ...body, Name: name });
  fields.requiredText('Name', NAME);
  const token = fields.text('ClientToken', CLIENT_TOKEN);
  const tags = readTags(fields);
  fields.refuseViolations();
  return tokens.once({
    operation: 'CreateScheduleGroup',
    token,
    request: { ...body, name },
    isStillTrue: () => store.group(name) !== undefined,
    perform() {
      if (store.group(name) !== undefined) {
        throw new ApiError('ConflictException', `Schedule group ${name} already exists.`);
      }
      const arn = store.groupArn(name);
      store.putGroup({ name, arn, createdAt: clock.now(), modifiedAt: clock.now(), tags: limited(tags) });
      return { ScheduleGroupArn: arn };
    },
  });
}

export function getGroup({ store }: ApiParts, { query }: ApiRequest, name: string): object {
  const fields = queryFields(query, { Name: name });
  fields.requiredText('Name', NAME);
  fields.refuseViolations();
  return groupToWire(found(store.group(name), `Schedule group ${name}`));
}

/** AWS deletes the group's schedules over some time, in state DELETING; here all is gone at once. */
export function deleteGroup({ store, tokens }: ApiParts, { query }: ApiRequest, name: string): object {
  const fields = queryFields(query, { Name: name });
  fields.requiredText('Name', NAME);
  const token = fields.text('clientToken', CLIENT_TOKEN);
  fields.refuseViolations();
  return tokens.once({
    operation: 'DeleteScheduleGroup',
    token,
    request: name,
    isStillTrue: () => store.group(name) === undefined,
    perform() {
      found(store.group(name), `Schedule group ${name}`);
      if (name === DEFAULT_GROUP) throw new ApiError('ValidationException', 'The default group cannot be deleted.');
      store.deleteGroup(name);
      return {};
    },
  });
}

export function listGroups({ store }: ApiParts, { query }: ApiRequest): object {
  const fields = queryFields(query);
  const prefix = fields.text('NamePrefix', NAME) ?? '';
  const matching = store.groups().filter(({ name }) => name.startsWith(prefix));
  const { items, ...rest } = pageOf(matching, ({ name }) => name, fields);
  return { ScheduleGroups: items.map(groupToWire), ...rest };
}

export function listTags({ store }: ApiParts, _request: ApiRequest, arn: string): object {
  const { tags } = groupOfArn(store.groups(), arn);
  return { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) };
}

export function tagResource({ clock, store }: ApiParts, request: ApiRequest, arn: string): object {
  const fields = new Fields(bodyFields(request.body));
  const tags = readTags(fields);
  fields.refuseViolations();
  const group = groupOfArn(store.groups(), arn);
  store.putGroup(withTags(group, limited({ ...group.tags, ...tags }), clock.now()));
  return {};
}

export function untagResource({ clock, store }: ApiParts, { query }: ApiRequest, arn: string): object {
  const group = groupOfArn(store.groups(), arn);
  const removed = query.getAll('TagKeys');
  const kept = Object.entries(group.tags).filter(([key]) => !removed.includes(key));
  store.putGroup(withTags(group, Object.fromEntries(kept), clock.now()));
  return {};
}

const withTags = (group: StoredGroup, tags: StoredGroup['tags'], modifiedAt: EpochMs): StoredGroup => ({
  ...group,
  tags,
  modifiedAt,
});

function readTags(fields: Fields): Record<string, string> {
  const pairs = (fields.objects('Tags') ?? []).map((tag) => {
    return [tag.requiredText('Key', TAG_KEY), tag.requiredText('Value', TAG_VALUE)] as const;
  });
  return Object.fromEntries(pairs);
}

function limited(tags: Record<string, string>): Record<string, string> {
  if (Object.keys(tags).length <= MAX_TAGS) return tags;
  throw new ApiError('ValidationException', `A schedule group has at most ${MAX_TAGS} tags.`);
}

const groupOfArn = (groups: readonly StoredGroup[], arn: string): StoredGroup =>
  found(
    groups.find((group) => group.arn === arn),
    arn,
  );

function found<Item>(item: Item | undefined, what: string): Item {
  if (item !== undefined) return item;
  throw new ApiError('ResourceNotFoundException', `${what} does not exist.`);
}
