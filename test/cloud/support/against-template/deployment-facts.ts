import type { Identity } from '../names/named-resources.ts';

/** What a schedule does, as far as an app decides it. */
export interface ScheduleFacts {
  readonly name: string;
  readonly group: string;
  readonly expression: string;
  readonly timezone: string;
  readonly state: string;
  /** The name of the queue that it sends to. */
  readonly queue: string;
  readonly input: string;
}

/** Which queue a function takes its messages from, by their names. */
export interface MappingFacts {
  readonly queue: string;
  readonly function: string;
}

/** A deployment, as its templates say it, or as an account has it: equal when the account is what the templates say. */
export interface DeploymentFacts {
  /** `<logical id> <type>` of each resource, by the stack's name. */
  readonly stacks: ReadonlyMap<string, readonly string[]>;
  /** What has a name: all that the services list whose names begin with the app's. */
  readonly named: readonly Identity[];
  readonly schedules: readonly ScheduleFacts[];
  readonly mappings: readonly MappingFacts[];
  /** Addresses that the alert topic sends to. */
  readonly addresses: readonly string[];
  /** `<queue> <tag>=<value>` */
  readonly queueTags: readonly string[];
}

/**
 * Where an account is other than the templates say, one line for each.
 *
 * @param ignoresZones whether the account's CloudFormation drops the zone of a schedule
 */
export function differences(
  template: DeploymentFacts,
  account: DeploymentFacts,
  { ignoresZones = false }: { readonly ignoresZones?: boolean } = {},
): readonly string[] {
  const schedule = (each: ScheduleFacts): string =>
    `schedule ${JSON.stringify(ignoresZones ? { ...each, timezone: '' } : each)}`;
  const lines = ({ stacks, named, schedules, mappings, addresses, queueTags }: DeploymentFacts): readonly string[] => [
    ...[...stacks].flatMap(([stack, resources]) => [
      `stack ${stack}`,
      ...resources.map((resource) => `${resource} of stack ${stack}`),
    ]),
    ...named.map(({ type, name }) => `${type} ${name}`),
    ...schedules.map(schedule),
    ...mappings.map((each) => `messages of ${each.queue} to ${each.function}`),
    ...addresses.map((address) => `address ${address}`),
    ...queueTags.map((tag) => `tag ${tag}`),
  ];
  const [wanted, there] = [lines(template), lines(account)];
  return [
    ...without(wanted, there).map((line) => `missing: ${line}`),
    ...without(there, wanted).map((line) => `too much: ${line}`),
  ];
}

/** What is left of a list without the members of another, each taken away as often as it is there. */
function without(list: readonly string[], others: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const other of others) counts.set(other, (counts.get(other) ?? 0) + 1);
  return list.filter((line) => {
    const count = counts.get(line) ?? 0;
    counts.set(line, count - 1);
    return count <= 0;
  });
}

/** In one line, for people: how much there is. */
export function describeFacts({ stacks, named, schedules }: DeploymentFacts): string {
  const resources = [...stacks.values()].flat().length;
  const enabled = schedules.filter(({ state }) => state === 'ENABLED').length;
  return `${stacks.size} stacks, ${resources} resources, ${named.length} names, ${schedules.length} schedules (${enabled} enabled)`;
}
