import { strict as assert } from 'node:assert';
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  waitUntilStackCreateComplete,
} from '@aws-sdk/client-cloudformation';
import { GetScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import type { LeftOut } from '../support/leave-out.ts';
import { NameTakenError } from '../support/names/name-guard.ts';
import { keyOf, type NamedResource } from '../support/names/named-resources.ts';
import { takenNames } from '../support/names/taken-names.ts';
import { Neighbour } from '../support/neighbour.ts';
import type { SuiteOptions } from '../support/suite.ts';
import type { Target } from '../support/target.ts';

/** What is checked of several deployments beside each other, in this order. */
export const SIDE_BY_SIDE = {
  deploy: 'two apps and two stages deploy beside each other',
  own: 'each deployment has its schedules, queues and functions, and runs its job',
  refused: 'names that another stack has are refused before a deployment',
  removed: 'a deployment that is removed leaves the others as they are',
  protected: 'a protected deployment is not removed before its protection is off, and leaves its table',
  again: 'a removed deployment whose table was kept deploys again, and takes the table in',
  failed: 'a first deployment that failed can be made again, and takes the table in',
  exists: 'CloudFormation itself refuses a name that another stack has',
  gone: 'the deployments beside each other can be deleted',
} as const;

/** Deploys a small app as two apps in two stages each, and goes through what becomes of it, as a user does. */
export async function checkSideBySide(
  place: Target,
  leavesOut: readonly LeftOut[],
  suite: SuiteOptions,
): Promise<void> {
  const create = (app: string, stage: string) => Neighbour.create(place, { app, stage, leavesOut });
  const [first, kept, other, failing] = await Promise.all([
    create('shop', 'dev'),
    create('shop', 'prod'),
    create('depot', 'dev'),
    create('depot', 'prod'),
  ]);
  const all = [first, kept, other, failing];
  const step = async (name: keyof typeof SIDE_BY_SIDE, perform: () => Promise<void>): Promise<boolean> => {
    if (suite.signal.aborted) return false;
    return await suite.report.step({ name: SIDE_BY_SIDE[name], limit: place.limits[SIDE_BY_SIDE[name]] }, perform);
  };
  try {
    const isDeployed = await step('deploy', () => inTurn([first, kept, other], (each) => each.deploy()));
    if (isDeployed) {
      await step('own', () => inTurn([first, kept, other], hasItsOwn));
      await step('refused', () => refusesTaken(first, other));
      await step('removed', () => leavesOthers(first, [kept, other]));
      await step('protected', () => leavesTable(kept));
      await step('again', () => deploysAgain(kept));
      await step('failed', () => deploysAfterFailure(failing));
      await step('exists', () => isRefusedByCloudFormation(other));
    }
    await step('gone', () => inTurn(all, remove));
  } finally {
    await inTurn(all, (each) => each.project.remove());
  }
}

async function inTurn(neighbours: readonly Neighbour[], perform: (each: Neighbour) => Promise<void>): Promise<void> {
  for (const each of neighbours) await perform(each);
}

const ofType = (resources: readonly NamedResource[], type: string): readonly string[] =>
  resources.flatMap((each) => (each.type === type ? [each.name] : []));

async function hasItsOwn(neighbour: Neighbour): Promise<void> {
  const { cloud, resources } = neighbour;
  const { existing } = await neighbour.account();
  const names = new Set(existing.map(keyOf));
  assert.deepEqual(
    resources.map(keyOf).filter((key) => !names.has(key)),
    [],
    'these are not there',
  );

  const queues = new Set(ofType(resources, 'AWS::SQS::Queue'));
  const [GroupName] = ofType(resources, 'AWS::Scheduler::ScheduleGroup');
  const schedules = ofType(resources, 'AWS::Scheduler::Schedule');
  assert.equal(schedules.length, 4, 'two of one entry, one of another, the watchdog');
  const scheduler = new SchedulerClient(cloud.config);
  for (const Name of schedules) {
    const { Target: target } = await scheduler.send(new GetScheduleCommand({ Name, GroupName }));
    const queue = target?.Arn?.split(':').at(-1) ?? '';
    assert.ok(queues.has(queue), `${Name} sends to ${queue}, another deployment's queue`);
  }
  for (const job of ['probe-token', 'probe-due']) await cloud.reaches(await cloud.request(job), 'completed');
}

/** The stack of one, under another name: each of its names belongs to somebody. */
async function refusesTaken(first: Neighbour, other: Neighbour): Promise<void> {
  const account = await first.account();
  for (const { name, resources } of await first.planned()) {
    const asOther = { name: 'copy-of-it', resources };
    assert.equal(takenNames(asOther, account).length, resources.length, 'each name is taken');
    assert.ok(takenNames(asOther, account).every((problem) => problem.endsWith(`of stack "${name}"`)));
    const moved = resources.map((each) => ({ ...each, logicalId: `Moved${each.logicalId}` }));
    assert.equal(
      takenNames({ name, resources: moved }, account).length,
      resources.length,
      'each belongs to another id',
    );
    assert.deepEqual(takenNames({ name, resources }, account), []);
  }
  const [{ name = '' } = {}] = await other.planned();
  const [{ resources = [] } = {}] = await first.planned();
  assert.match(takenNames({ name, resources }, account)[0] ?? '', /is there already and is not this app's/);
}

async function leavesOthers(removed: Neighbour, others: readonly Neighbour[]): Promise<void> {
  await removed.destroy();
  await isGone(removed);
  await inTurn(others, hasItsOwn);
}

async function isGone(neighbour: Neighbour): Promise<void> {
  const own = new Set(neighbour.resources.map(keyOf));
  const { existing } = await neighbour.account();
  assert.deepEqual(
    existing.map(keyOf).filter((key) => own.has(key)),
    [],
    'these are left',
  );
}

/** A record by which a table is known again. */
const records = ({ cloud }: Neighbour) => cloud.records('probe-token', '');

const PROTECTED = /termination ?protection/i;

async function leavesTable(kept: Neighbour): Promise<void> {
  await assert.rejects(kept.destroy(), PROTECTED);
  assert.match((await kept.status()) ?? 'no stack', /_COMPLETE$/);
  await kept.unprotect();
  await kept.destroy();
  assert.equal(await kept.status(), undefined);
  assert.equal((await records(kept)).length, 2, 'the table is there, with the records of its runs');
}

async function deploysAgain(kept: Neighbour): Promise<void> {
  await assert.rejects(kept.deploy(), (error) => isTaken(error, kept.cloud.table));
  await kept.deploy({ importsExisting: true });
  await ownsItsTable(kept);
  assert.equal((await records(kept)).length, 2, 'the table is the one that was kept');
  await hasItsOwn(kept);
}

/** The one name that is taken is the table's. */
const isTaken = (error: unknown, table: string): boolean =>
  error instanceof NameTakenError && error.problems.length === 1 && (error.problems[0] ?? '').includes(`"${table}"`);

async function ownsItsTable(neighbour: Neighbour): Promise<void> {
  const { table, prefix } = neighbour.cloud;
  const { owned } = await neighbour.account();
  const isIt = owned.some(({ type, name, stack }) => type === TABLE && name === table && stack === prefix);
  assert.ok(isIt, `${table} is not of stack ${prefix}`);
}

const TABLE = 'AWS::DynamoDB::Table';

async function deploysAfterFailure(failing: Neighbour): Promise<void> {
  await failing.project.setBroken(true);
  await assert.rejects(failing.deploy(), /Failure/);
  assert.equal(await failing.status(), 'ROLLBACK_COMPLETE');
  await failing.project.setBroken(false);
  await assert.rejects(failing.deploy(), (error) => isTaken(error, failing.cloud.table));
  await assert.rejects(failing.deploy({ importsExisting: true }), PROTECTED);
  await failing.unprotect();
  await failing.deploy({ importsExisting: true });
  await ownsItsTable(failing);
  await hasItsOwn(failing);
}

/** The one thing that no look before a deployment can take the place of. */
async function isRefusedByCloudFormation({ cloud, resources }: Neighbour): Promise<void> {
  const client = new CloudFormationClient(cloud.config);
  const StackName = `${cloud.prefix}-copy`;
  const [LogGroupName] = ofType(resources, 'AWS::Logs::LogGroup');
  const Resources = { LogGroup: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName } } };
  try {
    await client.send(new CreateStackCommand({ StackName, TemplateBody: JSON.stringify({ Resources }) }));
    const waiter = { client, maxWaitTime: 600, minDelay: 1, maxDelay: 5 };
    await assert.rejects(waitUntilStackCreateComplete(waiter, { StackName }), `it takes ${LogGroupName}`);
  } finally {
    await client.send(new DeleteStackCommand({ StackName }));
  }
}

async function remove(neighbour: Neighbour): Promise<void> {
  await neighbour.unprotect();
  await neighbour.destroy();
  const { existing } = await neighbour.account();
  if (existing.some(({ type, name }) => type === TABLE && name === neighbour.cloud.table))
    await neighbour.deleteTable();
  await isGone(neighbour);
}
