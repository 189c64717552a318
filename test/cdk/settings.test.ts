import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stack, Stage, Tags } from 'aws-cdk-lib';
import { describe, expect, test } from 'vitest';
import { loadJobs } from '../../lib/app/load-jobs.ts';
import { Belfry, type BelfryProps } from '../../lib/cdk/belfry.ts';
import type { AlertSettings } from '../../lib/job/stages.ts';
import { LOCAL_CHANNELS_CONTEXT, LOCAL_CONTEXT } from '../../lib/manifest.ts';
import { CDK_FLAGS } from '../fixtures/fixture-app.ts';
import { STAGES } from '../support/stages.ts';
import { createApp, createFolder, jobFile, only, report, resourcesOf, synth, type Template } from './support.ts';

type Context = Readonly<Record<string, unknown>>;

const appWith = (context: Context) =>
  createApp({ context: { ...CDK_FLAGS, 'aws:cdk:bundling-stacks': [], app: 'shop', ...context } });

/** Right below an app with this context. */
function deploy(context: Context = {}, props: Partial<BelfryProps> = {}) {
  const app = appWith(context);
  const belfry = new Belfry(app, 'Belfry', { jobs: [jobFile(report)], schedules: {}, stages: STAGES, ...props });
  return { belfry, app, stackNames: () => app.synth().stacks.map(({ stackName }) => stackName) };
}

const warningsOf = (context: Context = {}, props: Partial<BelfryProps> = {}) => deploy(context, props).belfry.warnings;

describe('the context', () => {
  test('says which deployment it is; without a stage it is dev', () => {
    expect(deploy().stackNames()).toEqual(['shop-dev']);
    expect(deploy({ stage: 'prod' }).stackNames()).toEqual(['shop-prod']);
    expect(deploy({ stage: 'prod' }, { app: 'store', stage: 'test' }).stackNames()).toEqual(['store-test']);
  });

  test.each([
    [
      { stge: 'prod' },
      'context "stge" is not read; did you mean "stage"? If it is a key of your own, give "stage" as well, or rename yours',
    ],
    [{ Stage: 'prod' }, 'context "Stage" is not read; did you mean "stage"?'],
    [{ watchdoggrace: '5 minutes' }, 'context "watchdoggrace" is not read; did you mean "watchdogGrace"?'],
    [
      { stage: 'prd' },
      'stage "prd" is not listed in infra/stages.ts; listed are: dev, test, prod; did you mean "prod"?',
    ],
    [
      { stage: 'dev-reports' },
      'stage "dev-reports": allowed are lower-case letters and digits, first a letter, at most 12 characters, such as "devreports"; give it as -c stage=prod',
    ],
    [
      { app: 'my-shop' },
      'app "my-shop": allowed are lower-case letters and digits, first a letter, at most 12 characters, such as "myshop"; set it in cdk.json, context.app',
    ],
  ])('is refused with %j', (context, message) => {
    expect(() => deploy(context)).toThrow(message);
  });

  test.each<[Context]>([
    [{ stge: 'mine', stage: 'dev' }],
    [{ team: 'payments', env: 'x', owner: 'me' }],
    [{ '@acme/stge': 1, 'acme:stage': 2 }],
    [{ stages: ['one', 'two'], apps: { a: 1 }, regions: ['eu-north-1'], accounts: 'all', usage: 'much' }],
  ])('may hold what is the user’s own: %j', (context) => {
    expect(warningsOf(context)).toEqual([]);
  });

  test.each([
    [
      { alertemail: 'a@b.org' },
      `context "alertemail" is not read; write alerts: { email: ['oncall@example.com'] } in a stage of infra/stages.ts`,
    ],
    [
      { alertEmail: 'a@b.org' },
      `context "alertEmail" is not read; write alerts: { email: ['oncall@example.com'] } in a stage of infra/stages.ts`,
    ],
    [
      { account: '111122223333' },
      `context "account" is not read; write account: '123456789012' in a stage of infra/stages.ts`,
    ],
    [
      { region: 'eu-north-1' },
      `context "region" is not read; write region: 'eu-north-1' in a stage of infra/stages.ts`,
    ],
  ])('warns of what is declared in infra/stages.ts now: %j', (context, warning) => {
    expect(warningsOf(context)).toEqual([warning]);
  });
});

describe('a key of the context that names a stage', () => {
  const notesOf = (context: Context, props: Partial<BelfryProps> = {}) => deploy(context, props).belfry.notes;

  test.each(['env', 'environment', 'STAGE_NAME'])('is noted with the key that is read: %s', (key) => {
    expect(notesOf({ [key]: 'prod' })).toEqual([
      `context "${key}" is "prod", a stage of infra/stages.ts, and is not read: this is stage "dev"; give -c stage=prod if that one is meant`,
    ]);
  });

  test.each<[string, Context, Partial<BelfryProps>]>([
    ['the stage is given', { env: 'prod', stage: 'test' }, {}],
    ['the stage is a property', { env: 'prod' }, { stage: 'test' }],
    ['it is the stage that it is', { env: 'dev' }, {}],
    ['it names no stage', { env: 'production' }, {}],
    ['nothing is deployed', { env: 'prod', [LOCAL_CONTEXT]: true }, {}],
  ])('is not where %s', (_what, context, props) => {
    expect(notesOf(context, props)).toEqual([]);
  });
});

describe('a stage in the context that a property overrides', () => {
  const OVERRIDDEN = `context "stage" is "prod" and has no effect here: new Belfry is given stage: 'dev'; to have it follow the context, pass it on as a property, or rename your own key`;

  test('is a warning right below an app, and in a stack of the user’s', () => {
    const props = { jobs: [jobFile(report)], schedules: {}, stages: STAGES, app: 'shop', stage: 'dev' };
    const own = new Belfry(new Stack(appWith({ stage: 'prod' }), 'Own'), 'Jobs', props);

    expect(warningsOf({ stage: 'prod' }, { stage: 'dev' })).toEqual([OVERRIDDEN]);
    expect(own.warnings).toEqual([OVERRIDDEN]);
  });

  test('is none where both say the same', () => {
    expect(warningsOf({ stage: 'test' }, { stage: 'test' })).toEqual([]);
  });
});

test('the context of a CDK Stage says which deployment is in it', () => {
  const app = appWith({});
  const stage = new Stage(app, 'Prod');
  stage.node.setContext('stage', 'prod');
  new Belfry(stage, 'Belfry', { jobs: [jobFile(report)], schedules: {}, stages: STAGES });

  expect(
    app
      .synth()
      .getNestedAssembly('assembly-Prod')
      .stacks.map(({ stackName }) => stackName),
  ).toEqual(['Prod-shop-prod']);
});

describe('an app that still has the name of this repository', () => {
  const unnamed = { app: 'belfry' };

  test('is warned at every synthesis, and not where nothing is deployed', () => {
    expect(warningsOf(unnamed)).toEqual([
      expect.stringMatching(
        /^cdk\.json: the app is called "belfry", as in every copy of this repository, .* such as "myshop", before you deploy$/,
      ),
    ]);
    expect(warningsOf({ ...unnamed, [LOCAL_CONTEXT]: true, stage: 'prod' })).toEqual([]);
  });

  test('has no protected stage', () => {
    expect(() => deploy({ ...unnamed, stage: 'prod' })).toThrow('before you deploy the protected stage "prod"');
  });
});

describe('an app without a name', () => {
  async function deployFrom(text: string) {
    const directory = createFolder();
    mkdirSync(join(directory, 'functions'));
    writeFileSync(join(directory, 'package.json'), text);
    writeFileSync(join(directory, 'functions/_none.ts'), '');
    const jobs = await loadJobs(join(directory, 'functions'));
    const file = { ...jobFile(report), path: join(directory, 'functions/report.ts') };
    return deploy({ app: undefined }, { jobs: [...jobs, file] });
  }

  test('has its package’s, without scope and hyphens', async () => {
    expect((await deployFrom('{ "name": "@acme/my-shop" }')).stackNames()).toEqual(['myshop-dev']);
  });

  test('is refused where that is too long', async () => {
    await expect(deployFrom('{ "name": "warehouse-management" }')).rejects.toThrow(
      'app "warehousemanagement": allowed are lower-case letters and digits, first a letter, at most 12 characters, such as "warehousemana"'.replace(
        'mana"',
        'm',
      ),
    );
  });
});

describe('a stage', () => {
  const settled = (settings: BelfryProps['stages'][string]) => synth({ stages: { dev: settings } }).template;

  test('of any name is protected by its setting, and by nothing else', () => {
    const tableOf = (template: Template) => only(template, 'AWS::DynamoDB::Table');

    expect(tableOf(settled({ isProtected: true }))).toMatchObject({
      DeletionPolicy: 'Retain',
      Properties: { DeletionProtectionEnabled: true },
    });
    expect(tableOf(settled({}))).toMatchObject({ DeletionPolicy: 'Delete' });
    expect(deploy({ stage: 'prod' }, { stages: { prod: {} } }).app.synth().stacks[0]?.terminationProtection).toBe(
      false,
    );
    expect(
      deploy({ stage: 'main' }, { stages: { main: { isProtected: true } } }).app.synth().stacks[0]
        ?.terminationProtection,
    ).toBe(true);
  });

  test('that is protected and alerts no one is a warning', () => {
    expect(warningsOf({}, { stages: { dev: { isProtected: true } } })).toEqual([
      `infra/stages.ts: stage "dev" is protected, and no one receives its alerts; add alerts: { email: ['oncall@example.com'] }`,
    ]);
  });

  test.each<AlertSettings>([{ email: [] }, { email: [], eventBridge: {} }])(
    'whose list of addresses is empty is a warning, protected or not: %j',
    (alerts) => {
      expect(warningsOf({}, { stages: { dev: { alerts } } })).toEqual([
        `infra/stages.ts: stage "dev": alerts.email is an empty list, and no one receives its alerts; add an address, as in ['oncall@example.com'], or leave email out`,
      ]);
      expect(warningsOf({}, { stages: { dev: { isProtected: true, alerts } } })).toEqual([
        expect.stringContaining('is protected, and no one receives its alerts'),
      ]);
    },
  );

  test.each<[AlertSettings, string]>([
    [{ slack: { url: { ssm: '/slack' } } }, 'slack'],
    [
      { email: [], slack: { url: { ssm: '/slack' } }, pagerDuty: { routingKey: { ssm: '/pager' } } },
      'slack, pagerDuty',
    ],
  ])('whose channels leave out mail is a warning: %j', (alerts, channels) => {
    expect(warningsOf({}, { stages: { dev: { alerts } } })).toEqual([
      `infra/stages.ts: stage "dev": its alerts go to ${channels} only, and should the watchdog or the alerts function fail, no one hears of it: their alarms watchdog-silent, alerts-failed and alerts-dead-letters mail by themselves; add an address, as in alerts: { email: ['oncall@example.com'], … }`,
    ]);
  });

  test.each<AlertSettings>([
    {},
    { email: ['oncall@example.com'] },
    { email: ['oncall@example.com'], slack: { url: { ssm: '/slack' } } },
    { eventBridge: {} },
  ])('with mail, or without a channel, is none: %j', (alerts) => {
    expect(warningsOf({}, { stages: { dev: { alerts } } })).toEqual([]);
  });

  test('whose channels leave out mail is no warning on this machine, where no alarm mails', () => {
    const local = { [LOCAL_CONTEXT]: true, [LOCAL_CHANNELS_CONTEXT]: ['BELFRY_ALERTS_SLACK'] };

    expect(warningsOf(local, { stages: { dev: {} } })).toEqual([]);
  });

  test('in a region that CDK does not know is a warning', () => {
    expect(warningsOf({}, { stages: { dev: { region: 'eu-nroth-1' } } })).toEqual([
      'infra/stages.ts: stage "dev": CDK knows no region eu-nroth-1; the nearest is eu-north-1',
    ]);
  });

  test.each([
    [{}, 'aws://unknown-account/unknown-region'],
    [{ region: 'eu-north-1' }, 'aws://unknown-account/eu-north-1'],
    [{ account: '111122223333' }, 'aws://111122223333/unknown-region'],
    [{ account: '111122223333', region: 'eu-north-1' }, 'aws://111122223333/eu-north-1'],
  ])('%j goes to %s', (settings, environment) => {
    const { stacks } = deploy({}, { stages: { dev: settings } }).app.synth();

    const { account, region } = stacks[0]?.environment ?? {};
    expect(`aws://${account}/${region}`).toBe(environment);
  });

  test('keeps log lines as long as it says, by CloudWatch’s next longer one', () => {
    const retentions = (template: Template) =>
      resourcesOf(template, 'AWS::Logs::LogGroup').map(({ Properties }) => Properties.RetentionInDays);

    expect(retentions(settled({ logRetention: '6 days' }))).toEqual([7, 7]);
    expect(retentions(settled({ logRetention: '3653 days' }))).toEqual([3653, 3653]);
    expect(retentions(settled({})).sort()).toEqual([30, 90]);
  });

  test('sends alerts to all its addresses', () => {
    const subscriptions = resourcesOf(
      settled({ alerts: { email: ['a@example.org', 'b@example.org'] } }),
      'AWS::SNS::Subscription',
    );

    const mailed = subscriptions.filter(({ Properties }) => Properties.Protocol === 'email');
    expect(mailed.map(({ Properties }) => Properties.Endpoint)).toEqual(['a@example.org', 'b@example.org']);
  });

  test('encrypts its alerts with a key of its own, or with the one that it is given', () => {
    const key = 'arn:aws:kms:eu-north-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';

    expect(resourcesOf(settled({}), 'AWS::KMS::Key')).toHaveLength(1);
    const shared = settled({ alertKey: key });
    expect(resourcesOf(shared, 'AWS::KMS::Key')).toEqual([]);
    expect(only(shared, 'AWS::SNS::Topic').Properties.KmsMasterKeyId).toBe(key);
  });

  test('has the key of its alerts in the region of the user’s stack', () => {
    const stack = new Stack(appWith({}), 'Shop', { env: { account: '111122223333', region: 'eu-north-1' } });
    const add = (alertKey: string, id: string) => {
      const stages = { dev: { alertKey } };
      return new Belfry(stack, id, { app: 'shop', stage: 'dev', stages, jobs: [jobFile(report)], schedules: {} });
    };

    expect(() => add('arn:aws:kms:eu-west-1:111122223333:key/1234abcd', 'One')).toThrow(
      `infra/stages.ts: stage "dev": alertKey is in eu-west-1, and the stack Shop in eu-north-1; write the ARN of a key in the stack's region`,
    );
    expect(() => add('arn:aws:kms:eu-north-1:111122223333:key/1234abcd', 'Two')).not.toThrow();
  });

  test('whose account is not that of the user’s stack is refused', () => {
    const stack = new Stack(appWith({}), 'Shop', { env: { account: '111122223333', region: 'eu-north-1' } });
    const add = (settings: BelfryProps['stages'][string], id: string) =>
      new Belfry(stack, id, {
        app: 'shop',
        stage: 'dev',
        stages: { dev: settings },
        jobs: [jobFile(report)],
        schedules: {},
      });

    expect(() => add({ account: '999922223333' }, 'One')).toThrow(
      `infra/stages.ts: stage "dev": account 999922223333, and the stack Shop has 111122223333; give the stack env: { account: '999922223333' }`,
    );
    expect(() => add({ account: '111122223333', region: 'eu-north-1' }, 'Two')).not.toThrow();
  });
});

describe('two deployments of one app and stage in a CDK app', () => {
  const common = { app: 'shop', stage: 'dev', stages: STAGES, jobs: [jobFile(report)], schedules: {} };

  test('are refused', () => {
    const app = appWith({});
    new Belfry(new Stack(app, 'One'), 'Belfry', common);

    expect(() => new Belfry(new Stack(app, 'Two'), 'Belfry', common)).toThrow(
      'new Belfry at Two/Belfry: there is one with app "shop" and stage "dev" already, at One/Belfry, and all their names would be equal',
    );
  });

  test('live in two regions', () => {
    const app = appWith({});
    const stackIn = (region: string) => new Stack(app, region, { env: { account: '111122223333', region } });
    new Belfry(stackIn('eu-north-1'), 'Belfry', common);

    expect(() => new Belfry(stackIn('eu-west-1'), 'Belfry', common)).not.toThrow();
  });
});

test('the tags of a company meet none of Belfry’s, in any case, and are kept', () => {
  const { template } = synth({}, (_belfry, stack) => {
    for (const key of ['App', 'Stage']) Tags.of(stack).add(key, 'theirs');
  });

  const tags = resourcesOf(template, 'AWS::IAM::Role').map(({ Properties }) =>
    Properties.Tags.map(({ Key }: { Key: string }) => Key.toLowerCase()).sort(),
  );
  expect(tags).toEqual(tags.map(() => ['app', 'belfry:app', 'belfry:stage', 'stage']));
  expect(tags).not.toEqual([]);
});
