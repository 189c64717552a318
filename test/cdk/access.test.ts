import type { Stack } from 'aws-cdk-lib';
import { Port, SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { describe, expect, test } from 'vitest';
import { defineJob } from '../../lib/entry/belfry.ts';
import { jobFile, only, report, resourcesOf, synth, type Template } from './support.ts';

const other = defineJob('other', { run() {} });
const jobs = [jobFile(report), jobFile(other)];

const functionOf = (template: Template, job: string) =>
  only(template, 'AWS::Lambda::Function', ({ Properties }) => Properties.FunctionName === `shop-dev-${job}`).Properties;

const networkOf = (stack: Stack, name = 'Vpc') =>
  Vpc.fromVpcAttributes(stack, name, {
    vpcId: `vpc-${name}`,
    availabilityZones: ['a', 'b'],
    privateSubnetIds: [`${name}-a`, `${name}-b`],
    privateSubnetRouteTableIds: [`${name}-routes-a`, `${name}-routes-b`],
  });

describe('variables', () => {
  test.each([
    { order: 'first', names: ['defaults', 'own'] },
    { order: 'last', names: ['own', 'defaults'] },
  ])('of a job win over defaults that are set $order', ({ names }) => {
    const { template } = synth({ jobs }, (belfry) => {
      const steps = {
        defaults: () => belfry.defaults({ environment: { LOG_LEVEL: 'info', REGION: 'eu' } }),
        own: () => belfry.job(report).environment({ LOG_LEVEL: 'debug' }),
      };
      for (const name of names) steps[name as keyof typeof steps]();
    });

    expect(functionOf(template, 'report').Environment.Variables).toMatchObject({ LOG_LEVEL: 'debug', REGION: 'eu' });
    expect(functionOf(template, 'other').Environment.Variables).toMatchObject({ LOG_LEVEL: 'info', REGION: 'eu' });
  });

  test('that Belfry sets itself are refused', () => {
    const overwrite = () => synth({}, (belfry) => belfry.job(report).environment({ BELFRY_TABLE: 'mine' }));

    expect(overwrite).toThrow(
      'infra/access.ts: job "report": variable BELFRY_TABLE: names with BELFRY_ are Belfry\'s own',
    );
  });

  test.each([
    [{ 'bad-name': 'x' }, 'variable "bad-name": allowed are letters, digits and _, first a letter, at least two'],
    [{ AWS_REGION: 'mars' }, 'variable AWS_REGION: Lambda sets it itself; use a name of your own'],
    [{ RATE: 5 }, 'variable RATE: its value is 5; it must be text'],
    [{ RATE: undefined }, 'variable RATE: its value is undefined; it must be text'],
  ])('refuses the variable %j, which Lambda would refuse when it is deployed', (variables, problem) => {
    const set = () => synth({}, (belfry) => belfry.job(report).environment(variables as never));

    expect(set).toThrow(`infra/access.ts: job "report": ${problem}`);
  });
});

describe('a VPC', () => {
  test('takes a job in, with a security group of its own that others can let in', () => {
    const { template } = synth({}, (belfry, stack) => {
      const vpc = networkOf(stack);
      const database = new SecurityGroup(stack, 'Database', { vpc });
      belfry.job(report).vpc({ vpc });
      database.connections.allowFrom(belfry.job(report), Port.tcp(5432));
    });

    expect(functionOf(template, 'report').VpcConfig).toMatchObject({ SubnetIds: ['Vpc-a', 'Vpc-b'] });
    expect(only(template, 'AWS::EC2::SecurityGroupIngress').Properties).toMatchObject({ FromPort: 5432 });
    expect(JSON.stringify(resourcesOf(template, 'AWS::IAM::Role'))).toContain('ec2:CreateNetworkInterface');
  });

  test.each([
    { order: 'first', names: ['defaults', 'own'] },
    { order: 'last', names: ['own', 'defaults'] },
  ])('of a job wins over a default one that is set $order', ({ names }) => {
    const { template } = synth({ jobs }, (belfry, stack) => {
      const [common, special] = [networkOf(stack, 'Common'), networkOf(stack, 'Special')];
      const steps = {
        defaults: () => belfry.defaults({ vpc: { vpc: common } }),
        own: () => belfry.job(report).vpc({ vpc: special }),
      };
      for (const name of names) steps[name as keyof typeof steps]();
    });

    expect(functionOf(template, 'report').VpcConfig.SubnetIds).toEqual(['Special-a', 'Special-b']);
    expect(functionOf(template, 'other').VpcConfig.SubnetIds).toEqual(['Common-a', 'Common-b']);
    const groups = resourcesOf(template, 'AWS::EC2::SecurityGroup').map(({ Properties }) => Properties.VpcId);
    expect(groups.sort()).toEqual(['vpc-Common', 'vpc-Special']);
  });

  test('is needed before a job has connections', () => {
    const connect = () => synth({}, (belfry) => belfry.job(report).connections);

    expect(connect).toThrow('infra/access.ts: job "report": it is in no VPC; call .vpc({ vpc }) first');
  });
});

test('other constructs grant to a job as to any function', () => {
  const { template } = synth({}, (belfry, stack) => new Bucket(stack, 'Bucket').grantRead(belfry.job(report)));

  expect(JSON.stringify(only(template, 'AWS::IAM::Policy'))).toContain('s3:GetObject');
});

test('a job that is not deployed is refused by name', () => {
  expect(() => synth({}, (belfry) => belfry.job(other))).toThrow(
    'infra/access.ts: job "other" is in no file of functions/; there are: report',
  );
});
