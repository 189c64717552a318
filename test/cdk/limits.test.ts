import type { App } from 'aws-cdk-lib';
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { describe, expect, test } from 'vitest';
import { z } from 'zod/mini';
import { Belfry } from '../../lib/cdk/belfry.ts';
import { MAX_INLINE_CHARACTERS, MAX_MANAGED_CHARACTERS, MAX_VARIABLES_BYTES } from '../../lib/cdk/function-limits.ts';
import { MAX_TEMPLATE_BYTES, MOST_RESOURCES } from '../../lib/cdk/stack-size.ts';
import { defineJob, schedule } from '../../lib/entry/belfry.ts';
import { STAGES } from '../support/stages.ts';
import { createApp, jobFile, report, resourcesOf, synth, type Template } from './support.ts';

/** As CloudFormation fills it in, in the region with the longest name. */
function deployed(value: unknown, template: Template): string {
  if (typeof value === 'string') return value;
  // biome-ignore lint/suspicious/noExplicitAny: what an intrinsic function has
  const [[kind, content]] = Object.entries(value as object) as [[string, any]];
  if (kind === 'Fn::Join') return content[1].map((part: unknown) => deployed(part, template)).join(content[0]);
  const pseudo: Readonly<Record<string, string>> = {
    'AWS::Region': 'us-isof-south-1',
    'AWS::AccountId': '111122223333',
    'AWS::Partition': 'aws-iso-f',
  };
  if (kind === 'Ref' && pseudo[content] !== undefined) return pseudo[content];
  const { QueueName = '', LogGroupName = '' } =
    template.Resources[kind === 'Ref' ? content : content[0]]?.Properties ?? {};
  if (kind === 'Ref') return `https://sqs.us-isof-south-1.csp.hci.ic.gov/111122223333/${QueueName}`;
  return `arn:aws-iso-f:service:us-isof-south-1:111122223333:${QueueName || LogGroupName || 'x'.repeat(40)}`;
}

/** A document as it is deployed, without its white space. */
function lengthOf(document: unknown, template: Template): number {
  const fill = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(fill);
    if (typeof value !== 'object' || value === null) return value;
    const [first = ''] = Object.keys(value);
    if (first === 'Ref' || first.startsWith('Fn::')) return deployed(value, template);
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, fill(each)]));
  };
  return JSON.stringify(fill(document)).replaceAll(/\s/g, '').length;
}

function messageOf(app: App): string {
  try {
    app.synth();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('nothing was refused');
}

/** Grows something until synth refuses it. @returns the sizes that passed, and the message */
function grow(step: (count: number) => { template: Template }, sizeOf: (template: Template) => number) {
  const passed: number[] = [];
  for (let count = 0; count < 200; count++) {
    try {
      passed.push(sizeOf(step(count).template));
    } catch (error) {
      return { passed, message: (error as Error).message };
    }
  }
  throw new Error('nothing was refused');
}

describe('the variables of a job', () => {
  const variablesOf = (template: Template): Readonly<Record<string, unknown>> => {
    const functions = resourcesOf(template, 'AWS::Lambda::Function').map(({ Properties }) => Properties);
    return functions.find(({ FunctionName }) => FunctionName === 'shop-dev-report').Environment.Variables;
  };
  const bytesOf = (template: Template): number =>
    Object.entries(variablesOf(template)).reduce(
      (sum, [name, value]) => sum + Buffer.byteLength(name + deployed(value, template)),
      0,
    );
  const withVariables = (count: number) =>
    synth({}, (belfry) => {
      const own = Object.fromEntries(Array.from({ length: count }, (_, index) => [`NAME_${index}`, 'ö'.repeat(46)]));
      belfry.job(report).environment({ ...own, LONG: 'x'.repeat(2500) });
    });

  test('are refused before they have more than 4 KB in bytes, and not much before', () => {
    const { passed, message } = grow(withVariables, bytesOf);

    expect(Math.max(...passed)).toBeLessThanOrEqual(MAX_VARIABLES_BYTES);
    expect(Math.max(...passed)).toBeGreaterThan(MAX_VARIABLES_BYTES - 350);
    expect(message).toMatch(
      /infra\/access\.ts: job "report": its variables have 4\d{3} bytes, names and values together; Lambda takes 4096\. The largest are LONG \(2504\), .*Put long values into a secret/,
    );
  });

  test('do not grow with the jobs whose runs it reads', () => {
    const many = Array.from({ length: 30 }, (_, index) => defineJob(`job-${'n'.repeat(18)}-${index}`, { run() {} }));
    const files = [report, ...many].map((job) => jobFile(job));

    const sizes = [files.slice(0, 1), files].map((jobs) =>
      bytesOf(synth({ jobs, schedules: {} }, (belfry) => belfry.job(report).readsRuns()).template),
    );

    expect(sizes[1]).toBe(sizes[0]);
  });
});

describe('the policies of a job', () => {
  /** Of the job's role: what Belfry writes into it, and what is granted. */
  function inlineLength(template: Template): number {
    const roles = Object.entries(template.Resources).filter(([id]) => /report.*Role/.test(id));
    const documents = roles.flatMap(([, { Type, Properties }]) => {
      if (Type === 'AWS::IAM::Policy') return [Properties.PolicyDocument];
      const policies = Type === 'AWS::IAM::Role' ? (Properties.Policies ?? []) : [];
      return policies.map((policy: { PolicyDocument: unknown }) => policy.PolicyDocument);
    });
    return documents.reduce((sum, document) => sum + lengthOf(document, template), 0);
  }
  const statement = (index: number, length = 300): PolicyStatement =>
    new PolicyStatement({
      actions: ['s3:GetObject'],
      resources: [`arn:aws:s3:::bucket-${index}/${'x'.repeat(length)}`],
    });

  test('are refused before IAM would count more than 10,240 characters in all of them, and not much before', () => {
    const { passed, message } = grow(
      (count) =>
        synth({}, (belfry) => {
          for (let index = 0; index < 15 + count; index++)
            belfry.job(report).function.addToRolePolicy(statement(index));
        }),
      inlineLength,
    );

    expect(Math.max(...passed)).toBeLessThanOrEqual(MAX_INLINE_CHARACTERS);
    expect(Math.max(...passed)).toBeGreaterThan(MAX_INLINE_CHARACTERS - 800);
    expect(message).toMatch(
      /infra\/access\.ts: job "report": the policies of its role have 1\d{4} characters; IAM takes 10240\. Grant to fewer resources/,
    );
  });

  test.each(['role', 'policy'])('that are managed are refused above 6,144 characters, attached by the %s', (by) => {
    const attach = (count: number) =>
      synth({}, (belfry, stack) => {
        const { role } = belfry.job(report).function;
        const statements = Array.from({ length: count }, (_, index) => statement(index));
        if (by === 'role') role?.addManagedPolicy(new ManagedPolicy(stack, 'Policy', { statements }));
        else new ManagedPolicy(stack, 'Policy', { statements, roles: role === undefined ? [] : [role] });
      });

    expect(() => attach(14)).not.toThrow();
    expect(() => attach(22)).toThrow(`characters; IAM takes ${MAX_MANAGED_CHARACTERS}`);
  });

  test('that are of another role are none of its own', () => {
    expect(() =>
      synth({}, (_, stack) => {
        new ManagedPolicy(stack, 'Policy', { statements: Array.from({ length: 22 }, (_, index) => statement(index)) });
      }),
    ).not.toThrow();
  });
});

test('the policies that Belfry writes are within their limits in a full stack with the longest names', () => {
  const jobs = Array.from({ length: 35 }, (_, index) => defineJob(`${'j'.repeat(21)}-${index + 10}`, { run() {} }));
  const schedules = Object.fromEntries(jobs.map((job) => [job.name, schedule(job, { every: '1 day' })]));

  const { template } = synth({
    ...{
      app: 'a'.repeat(12),
      stage: 's'.repeat(12),
      stages: { ['s'.repeat(12)]: {} },
      jobs: jobs.map((job) => jobFile(job)),
      schedules,
    },
  });

  const inline = resourcesOf(template, 'AWS::IAM::Role').map(({ Properties: { Policies = [] } }) =>
    Policies.reduce(
      (sum: number, each: { PolicyDocument: unknown }) => sum + lengthOf(each.PolicyDocument, template),
      0,
    ),
  );
  const ofQueuesAndTopics = ['AWS::SQS::QueuePolicy', 'AWS::SNS::TopicPolicy'].flatMap((type) =>
    resourcesOf(template, type).map(({ Properties }) => lengthOf(Properties.PolicyDocument, template)),
  );
  expect(Math.max(...inline)).toBeLessThanOrEqual(MAX_INLINE_CHARACTERS);
  expect(Math.max(...ofQueuesAndTopics)).toBeLessThan(8192);
});

describe('a stack', () => {
  const text = defineJob('text', { input: z.object({ text: z.string() }), run() {} });
  const withInputs = (count: number) => {
    const entries = Array.from({ length: count }, (_, index) => [
      `entry-${index}`,
      schedule(text, { every: '1 day', input: { text: '€'.repeat(21_000) } }),
    ]);
    return synth({ jobs: [jobFile(text)], schedules: Object.fromEntries(entries) });
  };

  test('whose template is larger than CloudFormation takes is refused, counted in bytes', () => {
    const { template } = withInputs(14);

    expect(JSON.stringify(template).length).toBeLessThan(MAX_TEMPLATE_BYTES / 2);
    expect(Buffer.byteLength(JSON.stringify(template))).toBeGreaterThan(MAX_TEMPLATE_BYTES * 0.85);
    expect(() => withInputs(15)).toThrow(
      /^stack Stack: its template has 1[\d]{6} bytes; CloudFormation takes 1000000\. Long inputs of schedules make most of it: keep what is in them elsewhere/,
    );
  });

  const entriesOf = (count: number) =>
    Object.fromEntries(
      Array.from({ length: count }, (_, index) => [`entry-${index}`, schedule(report, { every: '1 day' })]),
    );
  const inOwnStacks = (count: number, group: string): void => {
    const app = createApp();
    new Belfry(app, 'Belfry', {
      ...{ app: 'shop', stage: 'dev', stages: STAGES, jobs: [jobFile(report, group)], schedules: entriesOf(count) },
    });
    app.synth();
  };

  test('with more schedules of one job than a folder has room for names the job and what to do instead', () => {
    expect(() => inOwnStacks(MOST_RESOURCES, 'reports')).toThrow(
      /stack shop-dev-reports has 4\d\d resources; .*Job "report" alone has 450 schedules, which are in the stack of their job: no folder is large enough for more than 439\. Have one entry run the job for all of them/,
    );
  });

  test('with as many as a folder has room for advises a folder, and takes them there', () => {
    expect(() => inOwnStacks(439, '')).toThrow('Move jobs that belong together into functions/<group>/ folders');
    expect(() => inOwnStacks(439, 'reports')).not.toThrow();
  });

  test('of other jobs than the one with so many schedules is advised for its own jobs', () => {
    const app = createApp();
    const many = Array.from({ length: 45 }, (_, index) => defineJob(`job-${index}`, { run() {} }));
    const jobs = [jobFile(report, 'reports'), ...many.map((job) => jobFile(job))];
    new Belfry(app, 'Belfry', {
      app: 'shop',
      stage: 'dev',
      stages: STAGES,
      jobs,
      schedules: entriesOf(MOST_RESOURCES),
    });

    const [ofMain, ofReports] = ['shop-dev has', 'shop-dev-reports has'].map((text) =>
      messageOf(app)
        .split('\n')
        .find((line) => line.includes(text)),
    );

    expect(ofMain).toContain('Move jobs that belong together');
    expect(ofReports).toContain('Job "report" alone');
  });

  test('of the user’s that grows too large says that folders need a stack there', () => {
    expect(() => synth({ schedules: entriesOf(439) })).toThrow(
      'each is deployed as a stack of its own, where new Belfry is given placeGroup: (group) => new Stack(app, group)',
    );
  });
});

test('a job whose function was taken out of the tree has no limits to keep', () => {
  const remove = () =>
    synth({}, (belfry) => {
      const { function: taken } = belfry.job(report);
      taken.node.tryRemoveChild('Resource');
    });

  expect(remove).not.toThrow(TypeError);
});
