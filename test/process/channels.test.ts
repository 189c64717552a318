import { afterAll, expect, test } from 'vitest';
import { type Answer, startAlertServer } from '../channels/alert-server.ts';
import { eventually } from './support/eventually.ts';
import { jobFile } from './support/job-file.ts';
import { Project } from './support/project.ts';

/** Alerts of `npm start` on their way to a real channel: a server in the shape of Slack. */

const projects: Project[] = [];
afterAll(() => Promise.all(projects.map((project) => project.remove())));

const JOBS = {
  fails: jobFile('fails', { policy: 'retry: { maxAttempts: 1 },', body: "throw new TypeError('no <report> today');" }),
  recovers: jobFile('recovers', {
    policy: 'retry: { maxAttempts: 1 },',
    body: "if (!existsSync(file('mended'))) throw new RangeError('not mended yet');",
  }),
  looks: jobFile('looks', { body: "return process.env.BELFRY_ALERTS_SLACK ?? 'not there';" }),
};

async function createProject(localEnvironment?: string): Promise<Project> {
  const project = await Project.create({ jobs: JOBS, ...(localEnvironment === undefined ? {} : { localEnvironment }) });
  projects.push(project);
  return project;
}

const textOf = (body = '{}'): string => JSON.parse(body).text;

test('an alert reaches the channel whose secret .belfry.env has, once, also when the channel fails at first', async () => {
  let tries = 0;
  const server = await startAlertServer((): Answer => ({ status: ++tries === 1 ? 503 : 200 }));
  const project = await createProject(`BELFRY_ALERTS_SLACK="${server.url}/services/hunter2"`);
  const cloud = await project.start();

  const run = await cloud.request('fails');
  await cloud.reaches(run, 'failed');
  const about = () =>
    server.accepted.filter(({ body }) => textOf(body).startsWith(':red_circle: [dev] fails failed: '));
  const [message] = await eventually('the alert in the channel', async () =>
    about().length > 0 ? about() : undefined,
  );

  expect(message?.path).toBe('/services/hunter2');
  expect(textOf(message?.body)).toContain('TypeError: no &lt;report&gt; today');
  expect(message?.body).toContain(run);
  expect((await cloud.complete('looks')).result).toBe('not there');
  await cloud.command.prints(/alert-sent/);
  expect(about()).toHaveLength(1);
  expect(cloud.command.output).not.toContain('hunter2');
});

test('a job that fails over and over makes one message within a minute, and one when it has recovered', async () => {
  const server = await startAlertServer((): Answer => ({ status: 200 }));
  const project = await createProject(`BELFRY_ALERTS_SLACK="${server.url}/services/hunter2"`);
  const cloud = await project.start();
  const messages = () => server.accepted.map(({ body }) => textOf(body)).filter((text) => text.includes('recovers'));
  const failedAt = Date.now();

  for (const _ of ['first', 'second']) await cloud.reaches(await cloud.request('recovers'), 'failed');
  const [first] = await eventually('the message', async () => (messages().length > 0 ? messages() : undefined));
  expect(Date.now() - failedAt).toBeLessThan(60_000);
  expect(first).toMatch(/^:red_circle: \[dev\] recovers failed: RangeError: not mended yet/);
  await cloud.command.prints(/ALARM +belfry-dev-recovers-failed +ALARM/);

  await project.share('mended');
  await cloud.complete('recovers');
  const [, last] = await eventually(
    'the message that it is over',
    async () => (messages().length > 1 ? messages() : undefined),
    3 * 60_000,
  );

  expect(last).toContain('over: recovers has completed a run after 2 that failed');
  expect(messages()).toHaveLength(2);
});

test('without a secret of a channel nothing more runs, whatever the stage says', async () => {
  const project = await createProject();
  await project.write(
    'infra/stages.ts',
    `import type { Stages } from 'belfry/cdk';
export const stages: Stages = { dev: { alerts: { email: ['a@example.org'], slack: { url: { ssm: '/shop/slack' } }, eventBridge: {} } } };
`,
  );
  const cloud = await project.start();

  await cloud.reaches(await cloud.request('fails'), 'failed');
  await cloud.command.prints(/\[dev\] fails failed/);

  expect(cloud.command.output).not.toMatch(/alert-sent|dev-alerts/);
  await expect(cloud.send('alerts', 'text')).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
});

test('a secret that is added or removed while it runs is taken over', async () => {
  const server = await startAlertServer((): Answer => ({ status: 200 }));
  const project = await createProject();
  const cloud = await project.start();

  await project.setLocalEnvironment(`BELFRY_ALERTS_SLACK="${server.url}"`);
  await cloud.command.prints(/the next runs use the new code/);
  const first = await cloud.request('fails');
  await eventually('the alert', async () => server.accepted.some(({ body }) => body.includes(first)) || undefined);
  const seen = cloud.command.output.length;
  await project.setLocalEnvironment();
  await eventually(
    'a reload',
    async () => /the next runs use the new code/.test(cloud.command.output.slice(seen)) || undefined,
  );
  const second = await cloud.request('fails');
  await cloud.reaches(second, 'failed');
  await cloud.command.prints(new RegExp(`Run +${second.replaceAll(/[~.]/g, '\\$&')}`));

  expect(server.accepted.filter(({ body }) => body.includes(second))).toEqual([]);
});
