import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stack, type StackProps, Validations } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { expect, test } from 'vitest';
import { Belfry, type BelfryProps } from '../../lib/cdk/belfry.ts';
import { schedule } from '../../lib/entry/belfry.ts';
import { STAGES } from '../support/stages.ts';
import { createApp, createFolder, jobFile, report } from './support.ts';

/** What the packs find and nobody has acknowledged, errors and warnings alike. */
function findingsIn(arrange: (stack: Stack) => void, props: StackProps = {}): readonly unknown[] {
  const outdir = createFolder();
  const app = createApp({ outdir });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
  arrange(new Stack(app, 'Stack', props));
  try {
    app.synth();
  } catch (error) {
    // Findings end synth with an error; the report has them one by one.
    if (!String(error).includes('(AwsSolutions)') && !String(error).includes('(Serverless)')) throw error;
  }
  return JSON.parse(readFileSync(join(outdir, 'validation-report.json'), 'utf8')).pluginReports;
}

const addBelfry = (stack: Stack, props: Partial<BelfryProps> = {}): Belfry =>
  new Belfry(stack, 'Belfry', {
    app: 'shop',
    stage: 'dev',
    stages: STAGES,
    jobs: [jobFile(report)],
    schedules: { nightly: schedule(report, { cron: '0 2 * * *' }) },
    ...props,
  });

test.each(['dev', 'prod'])('AwsSolutions and Serverless find nothing in %s', (stage) => {
  expect(findingsIn((stack) => addBelfry(stack, { stage }))).toEqual([]);
});

test('they find nothing in a stage that has a dashboard, and a key for its alerts', () => {
  const alertKey = 'arn:aws:kms:eu-north-1:111122223333:key/1234abcd';

  expect(findingsIn((stack) => addBelfry(stack, { stages: { dev: { alertKey, dashboard: true } } }))).toEqual([]);
});

test.each(['eventBridge', 'slack', 'all'])('they find nothing in the channels of a stage: %s', (channel) => {
  const all = {
    email: ['oncall@example.com'],
    slack: { url: { ssm: '/shop/slack' } },
    teams: { url: { secretsManager: 'shop/teams' } },
    webhook: { url: { ssm: '/shop/hook' }, secret: { ssm: '/shop/hook-secret' } },
    pagerDuty: { routingKey: { ssm: '/shop/pager' } },
    eventBridge: {},
  };
  const alerts = channel === 'all' ? all : Object.fromEntries(Object.entries(all).filter(([name]) => name === channel));

  expect(findingsIn((stack) => addBelfry(stack, { stages: { dev: { alerts } } }))).toEqual([]);
});

test('they find nothing in a stack that is bound to an account and a region', () => {
  const env = { account: '111122223333', region: 'eu-north-1' };

  expect(findingsIn((stack) => addBelfry(stack), { env })).toEqual([]);
});

test('they find nothing in what access.ts adds', () => {
  const findings = findingsIn((stack) => {
    const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', {
      vpcId: 'vpc-1',
      availabilityZones: ['a'],
      privateSubnetIds: ['subnet-1'],
      privateSubnetRouteTableIds: ['routes-1'],
    });
    addBelfry(stack).job(report).vpc({ vpc }).readsRuns();
  });

  expect(findings).toEqual([]);
});

test('the wildcards of the watchdog are acknowledged for what they are, and for no other', () => {
  const findings = findingsIn((stack) => {
    const belfry = addBelfry(stack);
    const role = belfry.node.findAll().find(({ node }) => node.path.endsWith('/watchdog/Role')) as Role;
    role.addToPolicy(new PolicyStatement({ actions: ['sqs:SendMessage'], resources: ['arn:aws:sqs:*:*:other-*'] }));
  });

  expect(JSON.stringify(findings)).toContain('AwsSolutions-IAM5[Resource::arn:aws:sqs:*:*:other-*]');
  expect(JSON.stringify(findings)).not.toContain('shop-dev-*');
});

test('they do look: what is not acknowledged is found', () => {
  const findings = findingsIn((stack) => new Vpc(stack, 'Vpc', { maxAzs: 1, natGateways: 0 }));

  expect(JSON.stringify(findings)).toContain('AwsSolutions-VPC7');
});
