import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { describe, expect, test } from 'vitest';
import { Belfry, type BelfryProps } from '../../lib/cdk/belfry.ts';
import { defineJob, type Schedules, schedule } from '../../lib/entry/belfry.ts';
import { LOCAL_CONTEXT, type Manifest } from '../../lib/manifest.ts';
import { CDK_FLAGS, REPOSITORY } from '../fixtures/fixture-app.ts';
import { STAGES } from '../support/stages.ts';
import { identitiesIn, replaced, stacksIn } from './identities.ts';
import { createApp, createFolder, jobFile } from './support.ts';

const named = (name: string) => defineJob(name, { run() {} });
const [report, summary, invoice] = [named('report'), named('summary'), named('invoice')];

const BEFORE = {
  app: 'shop',
  stage: 'dev',
  stages: STAGES,
  jobs: [jobFile(report), jobFile(summary), jobFile(invoice, 'billing')],
  schedules: {
    nightly: schedule(report, { cron: '0 2 * * *' }),
    hourly: schedule(invoice, { every: '1 hour' }),
  } as Schedules,
} satisfies BelfryProps;

/** Synthesizes into a folder as the CDK CLI would, over what is there; `local` as the embedded cloud would. */
function synthesizeInto(outdir: string, props: BelfryProps, context: Record<string, unknown> = {}) {
  const app = createApp({ outdir, context: { ...CDK_FLAGS, 'aws:cdk:bundling-stacks': [], ...context } });
  new Belfry(app, 'Belfry', props);
  const { stacks } = app.synth();
  return identitiesIn(
    outdir,
    stacks.map(({ stackName }) => stackName),
  );
}

/** Makes an edit between two syntheses. @returns what it would create before the old one is deleted */
function edit(change: Partial<BelfryProps>, before: BelfryProps = BEFORE): readonly string[] {
  const outdir = createFolder();
  const earlier = synthesizeInto(outdir, before);
  return replaced(earlier, synthesizeInto(outdir, { ...before, ...change }));
}

describe('one deployment does', () => {
  test.each<[string, Partial<BelfryProps>, BelfryProps?]>([
    [
      'a schedule that moves to another job',
      { schedules: { ...BEFORE.schedules, nightly: schedule(summary, { cron: '0 2 * * *' }) } },
    ],
    [
      'a job that is renamed and keeps its schedule’s id',
      {
        jobs: [jobFile(named('daily')), jobFile(summary), jobFile(invoice, 'billing')],
        schedules: { ...BEFORE.schedules, nightly: schedule(named('daily'), { cron: '0 2 * * *' }) },
      },
    ],
    [
      'a change of expression',
      { schedules: { ...BEFORE.schedules, nightly: schedule(report, { every: '5 minutes' }) } },
    ],
    [
      'a plain cron that becomes one of either day',
      { schedules: { ...BEFORE.schedules, nightly: schedule(report, { cron: '0 2 13 * fri' }) } },
    ],
    [
      'cron of either day that becomes a plain one',
      {},
      { ...BEFORE, schedules: { ...BEFORE.schedules, nightly: schedule(report, { cron: '0 2 13 * fri' }) } },
    ],
    [
      'a schedule that is enabled in another stage',
      { schedules: { ...BEFORE.schedules, nightly: schedule(report, { cron: '0 2 * * *', enabled: ['prod'] }) } },
    ],
    ['a renamed schedule', { schedules: { midnight: schedule(report, { cron: '0 2 * * *' }) } }],
    ['a job less', { jobs: BEFORE.jobs.slice(1), schedules: { hourly: schedule(invoice, { every: '1 hour' }) } }],
    ['a job more', { jobs: [...BEFORE.jobs, jobFile(named('extra')), jobFile(named('more'), 'extras')] }],
    [
      'an address more, before the others',
      { stages: { dev: { alerts: { email: ['new@example.org', 'old@example.org'] } } } },
      { ...BEFORE, stages: { dev: { alerts: { email: ['old@example.org'] } } } },
    ],
    ['another stage', { stage: 'prod' }],
  ])('%s', (_edit, change, before) => {
    expect(edit(change, before)).toEqual([]);
  });

  test('a job that changes its folder in a stack of the user’s', () => {
    const outdir = createFolder();
    const synthesize = (group: string) => {
      const app = createApp({ outdir });
      new Belfry(new Stack(app, 'Shop'), 'Jobs', {
        ...BEFORE,
        jobs: [jobFile(report), jobFile(summary), jobFile(invoice, group)],
      });
      app.synth();
      return identitiesIn(outdir);
    };

    expect(replaced(synthesize('billing'), synthesize('money'))).toEqual([]);
  });
});

describe('one deployment cannot do, and synth refuses,', () => {
  const moved = [jobFile(report, 'reports'), jobFile(summary), jobFile(invoice, 'billing')];

  test('a job that changes its folder, which is another stack', () => {
    expect(() => edit({ jobs: moved })).toThrow(
      /^functions\/reports\/report\.ts: job "report" was in functions\/: it changes its stack, and SQS refuses a queue's name for 60 seconds .* delete cdk\.out and go on$/,
    );
  });

  test('a schedule that moves to a job of another stack', () => {
    const schedules = { hourly: BEFORE.schedules.hourly as never, nightly: schedule(invoice, { cron: '0 2 * * *' }) };

    expect(() => edit({ schedules })).toThrow(
      /^AWS::Scheduler::Schedule shop-dev-nightly is \w+ of the stack shop-dev-billing, and was \w+ of shop-dev: CloudFormation creates it before it deletes the old one, and fails\. Deploy once without it, then with it\./,
    );
  });

  test('a folder that became empty', () => {
    const schedules = { nightly: schedule(report, { cron: '0 2 * * *' }) };

    expect(() => edit({ jobs: BEFORE.jobs.slice(0, 2), schedules })).toThrow(
      /^functions\/billing\/: it has no job any more, and its stack shop-dev-billing, which cdk\.out shows, would go on firing .*delete-stack --stack-name shop-dev-billing/,
    );
  });

  test('a renamed app', () => {
    expect(() => edit({ app: 'store' })).toThrow(
      /^the app is called "store" and was called "shop": the deployment shop-dev, which cdk\.out shows, would go on firing its schedules beside the new one\. .*npx cdk destroy --all -c stage=dev/,
    );
  });

  test('a renamed stage', () => {
    expect(() => edit({ stage: 'main', stages: { main: {} } })).toThrow(
      /^infra\/stages\.ts: stage "dev" is not listed any more: the deployment shop-dev, which cdk\.out shows, would go on firing/,
    );
  });

  test('a stage that moves to another region', () => {
    const at = (region: string) => ({ stages: { dev: { region, account: '111122223333' } } });

    expect(() => edit(at('eu-west-1'), { ...BEFORE, ...at('eu-north-1') })).toThrow(
      'stage "dev" moves from aws://111122223333/eu-north-1 to aws://111122223333/eu-west-1: the deployment shop-dev',
    );
    expect(edit(at('eu-west-1'))).toEqual([]);
  });

  test('and the next synthesis refuses it again, since the refused one wrote nothing', () => {
    const outdir = createFolder();
    synthesizeInto(outdir, BEFORE);
    const act = () => synthesizeInto(outdir, { ...BEFORE, jobs: moved });

    expect(act).toThrow('it changes its stack');
    expect(act).toThrow('it changes its stack');
  });

  test('but the embedded cloud can', () => {
    const outdir = createFolder();
    const local = { [LOCAL_CONTEXT]: true };
    synthesizeInto(outdir, BEFORE, local);

    expect(() => synthesizeInto(outdir, { ...BEFORE, jobs: moved }, local)).not.toThrow();
  });

  test('and a cdk.out that cannot be read is no reason to refuse anything', () => {
    const outdir = createFolder();
    synthesizeInto(outdir, BEFORE);
    writeFileSync(join(outdir, 'manifest.json'), '{');

    expect(() => synthesizeInto(outdir, { ...BEFORE, jobs: moved })).not.toThrow();
  });
});

describe('the upgrade from a deployment whose schedules were named by their ids alone', () => {
  const EARLIER = join(REPOSITORY, 'test/fixtures/earlier-assembly');
  const after: BelfryProps = {
    ...BEFORE,
    stage: 'prod',
    stages: { prod: { isProtected: true } },
    jobs: [jobFile(report), jobFile(invoice, 'billing')],
    schedules: {
      nightly: schedule(report, { cron: '0 2 * * *', timezone: 'Europe/Stockholm' }),
      either: schedule(report, { cron: '0 9 13 * fri' }),
      hourly: schedule(invoice, { every: '1 hour' }),
    },
  };
  const earlier = identitiesIn(EARLIER);

  /** A cdk.out with the earlier templates, of these stacks. */
  function earlierOutput(stacks: readonly string[]): string {
    const outdir = createFolder();
    cpSync(EARLIER, outdir, { recursive: true });
    const manifest: Manifest = JSON.parse(readFileSync(join(EARLIER, 'belfry.json'), 'utf8'));
    expect(manifest.app).toBe('shop');
    const artifacts = Object.fromEntries(
      stacks.map((stack) => [
        stack,
        {
          type: 'aws:cloudformation:stack',
          environment: 'aws://unknown-account/unknown-region',
          properties: { templateFile: `${stack}.template.json` },
        },
      ]),
    );
    writeFileSync(join(outdir, 'manifest.json'), JSON.stringify({ version: '55.0.0', artifacts }));
    return outdir;
  }

  test('creates every schedule anew and replaces nothing else', () => {
    const now = synthesizeInto(createFolder(), after);

    expect(replaced(earlier, now)).toEqual([]);
    const gone = earlier.filter(({ key }) => !now.some((each) => each.key === key)).map(({ key }) => JSON.parse(key));
    expect(gone.map(([type, name]) => `${type} ${name}`).sort()).toEqual([
      'AWS::SNS::Subscription ops@example.org',
      ...['either', 'either_2', 'hourly', 'nightly', 'watchdog'].map((id) => `AWS::Scheduler::Schedule ${id}`),
    ]);
  });

  test('is one deployment without groups, if the address is listed in the next one only', () => {
    const addressed = { prod: { isProtected: true, alerts: { email: ['ops@example.org'] } } };
    const alone = {
      ...after,
      jobs: [jobFile(report)],
      schedules: { nightly: schedule(report, { cron: '0 2 * * *' }) },
    };

    expect(() => synthesizeInto(earlierOutput(['shop-prod']), alone)).not.toThrow();
    expect(() => synthesizeInto(earlierOutput(['shop-prod']), { ...alone, stages: addressed })).toThrow(
      /^AWS::SNS::Subscription ops@example\.org is \w+ of the stack shop-prod, and was \w+ of shop-prod: .* Deploy once without it, then with it/,
    );
  });

  test('asks for the removal of a group’s stack first, which imports the key of the alerts', () => {
    expect(stacksIn(EARLIER)).toEqual(['shop-prod-billing', 'shop-prod']);

    expect(() => synthesizeInto(earlierOutput(stacksIn(EARLIER)), after)).toThrow(
      /^the stack shop-prod exports shop-prod:ExportsOutput\S+ no longer, and shop-prod-billing imports it: .* npx cdk destroy shop-prod-billing; then deploy this one/,
    );
  });
});
