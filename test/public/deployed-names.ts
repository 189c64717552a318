import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineJob, schedule } from '../../lib/entry/belfry.ts';
import type { AlertSettings } from '../../lib/job/stages.ts';
import { jobFile, report, resourcesOf, synth, type Template } from '../cdk/support.ts';
import { shapeOf } from './shape.ts';

/** The property by which each kind of resource is found. */
const NAMED_BY = {
  'AWS::CloudWatch::Alarm': 'AlarmName',
  'AWS::CloudWatch::Dashboard': 'DashboardName',
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::SNS::Topic': 'TopicName',
  'AWS::SQS::Queue': 'QueueName',
  'AWS::Scheduler::Schedule': 'Name',
  'AWS::Scheduler::ScheduleGroup': 'Name',
} as const;

const invoice = defineJob('invoice', { overlap: 'allow', async run() {} });

/** What a deployment is called outside the code: resources, outputs, variables of functions, the manifest. */
export function deployedNames(): object {
  const { template, outdir } = synth(
    {
      stages: { dev: { dashboard: true } },
      jobs: [jobFile(report), jobFile(invoice)],
      schedules: {
        nightly: schedule(report, { cron: '0 2 1 * fri', timezone: 'Europe/Stockholm' }),
        hourly: schedule(invoice, { every: '1 hour', except: '2027-12-24', catchUp: 'latest' }),
      },
    },
    (belfry) => {
      belfry.job(report).readsRuns();
      belfry.job(report).secret('DB_PASSWORD', { secretArn: 'arn', grantRead: () => ({}) as never });
    },
  );
  const manifest: unknown = JSON.parse(readFileSync(join(outdir, 'belfry.json'), 'utf8'));
  return {
    resources: Object.fromEntries(
      Object.entries(NAMED_BY).map(([type, name]) => [type, namesOf(template, type, name)]),
    ),
    outputs: Object.keys(template.Outputs ?? {}).sort(),
    variables: variablesOf(template),
    manifest: shapeOf(manifest),
    channels: channelNames(),
  };
}

/** What a stage has more with every channel. */
function channelNames(): object {
  const names = (alerts: AlertSettings) => {
    const { template } = synth({ stages: { dev: { alerts } } });
    const resources = Object.entries(NAMED_BY).flatMap(([type, name]) =>
      namesOf(template, type, name).map((each) => `${type} ${each}`),
    );
    return { resources, variables: variablesOf(template) };
  };
  const [without, every] = [names({}), names(EVERY_CHANNEL)];
  return {
    resources: every.resources.filter((each) => !without.resources.includes(each)),
    variables: every.variables.filter((each) => !without.variables.includes(each)),
  };
}

const secret = { ssm: '/shop/secret' };
const EVERY_CHANNEL: Required<AlertSettings> = {
  email: ['a@example.org'],
  slack: { url: secret },
  teams: { url: secret },
  webhook: { url: secret, secret },
  pagerDuty: { routingKey: secret },
  eventBridge: {},
};

const namesOf = (template: Template, type: string, property: string): readonly string[] =>
  resourcesOf(template, type)
    .map(({ Properties }) => String(Properties[property]))
    .sort();

const variablesOf = (template: Template): readonly string[] =>
  [
    ...new Set(
      resourcesOf(template, 'AWS::Lambda::Function').flatMap(({ Properties }) =>
        Object.keys(Properties.Environment.Variables),
      ),
    ),
  ].sort();
