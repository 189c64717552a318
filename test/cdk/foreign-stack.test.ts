import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { expect, test } from 'vitest';
import { Belfry } from '../../lib/cdk/belfry.ts';
import { schedule } from '../../lib/entry/belfry.ts';
import type { Manifest } from '../../lib/manifest.ts';
import { STAGES } from '../support/stages.ts';
import { createApp, createFolder, jobFile, only, report, resourcesOf, type Template } from './support.ts';

/** A stack that somebody had before they had Belfry. */
class ShopStack extends Stack {
  constructor(scope: Construct, id: string, { stage, ...props }: StackProps & { stage: string }) {
    super(scope, id, props);
    const orders = new Queue(this, 'Orders', { enforceSSL: true, deliveryDelay: Duration.seconds(1) });
    const belfry = new Belfry(this, 'Jobs', {
      app: 'shop',
      stage,
      stages: STAGES,
      jobs: [jobFile(report)],
      schedules: { nightly: schedule(report, { cron: '0 2 * * *', enabled: ['prod'] }) },
    });
    orders.grantSendMessages(belfry.job(report));
  }
}

function setup() {
  const outdir = createFolder();
  const app = createApp({ outdir });
  new ShopStack(app, 'Shop-dev', { stage: 'dev' });
  new ShopStack(app, 'Shop-prod', { stage: 'prod' });
  const assembly = app.synth();
  const templateOf = (name: string): Template => assembly.getStackByName(name).template;
  return { outdir, dev: templateOf('Shop-dev'), prod: templateOf('Shop-prod') };
}

test('two deployments live in one app, each beside other resources', () => {
  const { dev, prod } = setup();

  const functionOf = (template: Template) => only(template, 'AWS::Lambda::Function').Properties.FunctionName;
  const stateOf = (template: Template) => only(template, 'AWS::Scheduler::Schedule').Properties.State;
  expect([functionOf(dev), functionOf(prod)]).toEqual(['shop-dev-report', 'shop-prod-report']);
  expect([stateOf(dev), stateOf(prod)]).toEqual(['DISABLED', 'ENABLED']);
});

test.each([
  [{}, 'stage missing'],
  [{ app: 'shop' }, 'stage missing'],
])('in a stack of the user’s the stage is given as a property: %j', (names, says) => {
  const stack = new Stack(createApp({ context: { app: 'shop', stage: 'prod' } }), 'Shop');

  expect(() => new Belfry(stack, 'Jobs', { ...names, stages: STAGES, jobs: [jobFile(report)], schedules: {} })).toThrow(
    says,
  );
});

test('access may return what it called last', () => {
  const app = createApp({ outdir: createFolder() });
  const access = ((belfry: Belfry) => belfry.defaults({ environment: { LEVEL: 'debug' } })) as unknown as () => void;
  new Belfry(app, 'Belfry', {
    app: 'shop',
    stage: 'dev',
    stages: STAGES,
    jobs: [jobFile(report)],
    schedules: {},
    access,
  });

  expect(() => app.synth()).not.toThrow();
});

test('resources of the stack can be granted to a job', () => {
  const { dev } = setup();

  const [policy] = resourcesOf(dev, 'AWS::IAM::Policy');

  expect(JSON.stringify(policy?.Properties.PolicyDocument)).toContain('"sqs:SendMessage"');
});

test('the tags are Belfry’s own and leave the rest of the stack alone', () => {
  const { dev } = setup();

  const orders = only(dev, 'AWS::SQS::Queue', ({ Properties }) => Properties.QueueName === undefined);

  expect(orders.Properties.Tags).toBeUndefined();
});

test('each deployment leaves a manifest, the first one under the name that is looked for', () => {
  const { outdir } = setup();

  const stageIn = (file: string): string => (JSON.parse(readFileSync(join(outdir, file), 'utf8')) as Manifest).stage;
  const manifests = readdirSync(outdir).filter((file) => file.endsWith('belfry.json'));
  expect(manifests.map((file) => [file, stageIn(file)])).toEqual([
    ['belfry.json', 'dev'],
    ['shop-prod.belfry.json', 'prod'],
  ]);
});
