import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type App, Stack, Stage } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
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
      /^the app is called "store" and was called "shop": the deployment shop-dev, which cdk\.out shows, would go on firing its schedules\. .*npx cdk destroy --all -c stage=dev, then delete cdk\.out, which still shows it; /,
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

  test('nor what a template that was too large would have had', () => {
    const outdir = createFolder();
    synthesizeInto(outdir, BEFORE);
    const large = defineJob('large', { input: z.object({ text: z.string() }), run() {} });
    const schedules = Object.fromEntries(
      Array.from({ length: 17 }, (_, index) => [
        `large-${index}`,
        schedule(large, { every: '1 day', input: { text: 'x'.repeat(60_000) } }),
      ]),
    );
    const withLarge = (group: string) => [...BEFORE.jobs, jobFile(large, group)];

    expect(() => synthesizeInto(outdir, { ...BEFORE, jobs: withLarge('big'), schedules })).toThrow('its template has');
    expect(() => synthesizeInto(outdir, { ...BEFORE, jobs: withLarge('') })).not.toThrow();
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

describe('of several deployments in a CDK app', () => {
  const at = (region: string) => ({ env: { account: '111122223333', region } });

  /** Synthesizes what is arranged twice over the same cdk.out, the second time perhaps otherwise. */
  function twice(arrange: (app: App) => void, again = arrange): string {
    const outdir = createFolder();
    for (const each of [arrange, again]) {
      const app = createApp({ outdir });
      each(app);
      app.synth();
    }
    return outdir;
  }

  const manifestsIn = (outdir: string) =>
    readdirSync(outdir)
      .filter((file) => file.endsWith('belfry.json'))
      .sort();

  test('two stages in stacks of the user’s, with equal addresses, are synthesized again', () => {
    const stages = { dev: ADDRESSED, prod: ADDRESSED };
    const arrange = (app: App) => {
      for (const stage of ['dev', 'prod']) {
        const stack = new Stack(app, `Shop-${stage}`);
        new Queue(stack, 'Orders', { queueName: 'orders' });
        new Belfry(stack, 'Jobs', { ...BEFORE, stage, stages });
      }
    };

    expect(() => twice(arrange)).not.toThrow();
  });

  test('one app and stage in three regions is synthesized again, and each has its manifest', () => {
    const arrange = (app: App) => {
      for (const region of ['eu-north-1', 'eu-west-1', 'us-east-1']) {
        new Belfry(new Stack(app, region, at(region)), 'Jobs', BEFORE);
      }
    };

    expect(manifestsIn(twice(arrange))).toEqual(['belfry.json', 'shop-dev.2.belfry.json', 'shop-dev.belfry.json']);
  });

  test('two apps right below a CDK app are synthesized again, and one that leaves it is refused', () => {
    const arrange = (app: App) => {
      new Belfry(app, 'A', BEFORE);
      new Belfry(app, 'B', { ...BEFORE, app: 'depot' });
    };

    expect(() => twice(arrange)).not.toThrow();
    expect(() => twice(arrange, (app) => void new Belfry(app, 'A', BEFORE))).toThrow(
      'the app is called "shop" and was called "depot": the deployment depot-dev, which cdk.out shows,',
    );
  });

  test('one in a CDK Stage is compared by its own stacks’ names', () => {
    const arrange = (jobs: BelfryProps['jobs']) => (app: App) => {
      const schedules = { nightly: schedule(report, { cron: '0 2 * * *' }) };
      new Belfry(new Stage(app, 'Pipe'), 'Belfry', { ...BEFORE, jobs, schedules });
    };

    expect(() => twice(arrange(BEFORE.jobs))).not.toThrow();
    expect(() => twice(arrange(BEFORE.jobs), arrange(BEFORE.jobs.slice(0, 2)))).toThrow(
      'its stack Pipe-shop-dev-billing, which cdk.out shows,',
    );
  });

  test('the first of each assembly leaves the manifest under the name that is looked for', () => {
    const outdir = twice((app) => {
      new Belfry(new Stage(app, 'Pipe'), 'Belfry', { ...BEFORE, stage: 'prod' });
      new Belfry(app, 'Belfry', BEFORE);
    });

    expect([manifestsIn(outdir), manifestsIn(join(outdir, 'assembly-Pipe'))]).toEqual([
      ['belfry.json'],
      ['belfry.json'],
    ]);
  });

  test('all that is wrong is reported at once', () => {
    const variables = (belfry: Belfry) => belfry.job(report).environment({ LONG: 'x'.repeat(5000) });
    const arrange = (app: App) => {
      for (const stage of ['dev', 'prod']) {
        variables(new Belfry(new Stack(app, stage), 'Jobs', { ...BEFORE, stage }));
      }
    };

    expect(() => twice(arrange)).toThrow(/^infra\/access\.ts: job "report".*\ninfra\/access\.ts: job "report"/);
  });
});

const ADDRESSED = { alerts: { email: ['a@example.org'] } };

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
      // Their names are others now, or the watchdog does what they did.
      ...['invoice', 'report'].flatMap((job) =>
        ['broken', 'letters', 'waiting'].map((alarm) => `AWS::CloudWatch::Alarm shop-prod-${job}-${alarm}`),
      ),
      'AWS::SNS::Subscription ops@example.org',
      ...['either', 'either_2', 'hourly', 'nightly', 'watchdog'].map((id) => `AWS::Scheduler::Schedule ${id}`),
    ]);
  });

  test('is one deployment without groups, with the address in it: it is subscribed to another topic now', () => {
    const addressed = { prod: { isProtected: true, alerts: { email: ['ops@example.org'] } } };
    const alone = {
      ...after,
      jobs: [jobFile(report)],
      schedules: { nightly: schedule(report, { cron: '0 2 * * *' }) },
    };

    expect(() => synthesizeInto(earlierOutput(['shop-prod']), alone)).not.toThrow();
    expect(() => synthesizeInto(earlierOutput(['shop-prod']), { ...alone, stages: addressed })).not.toThrow();
  });

  test('asks for the removal of a group’s stack first, which imports the key of the alerts', () => {
    expect(stacksIn(EARLIER)).toEqual(['shop-prod-billing', 'shop-prod']);

    expect(() => synthesizeInto(earlierOutput(stacksIn(EARLIER)), after)).toThrow(
      /^the stack shop-prod exports shop-prod:ExportsOutput\S+ no longer, and shop-prod-billing imports it: .* npx cdk destroy shop-prod-billing; then delete cdk\.out, which still shows it, and deploy this one/,
    );
  });
});
