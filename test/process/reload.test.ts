import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { eventually } from './support/eventually.ts';
import { jobFile } from './support/job-file.ts';
import { Project } from './support/project.ts';
import type { RunningCloud } from './support/running-cloud.ts';

/** A cloud whose app is edited while it runs. The tests are steps of one story. */

let project: Project;
let cloud: RunningCloud;

const version = (result: string) => jobFile('edited', { body: `return ${result};` });

beforeAll(async () => {
  project = await Project.create({
    jobs: {
      edited: version('1'),
      lasts: jobFile('lasts', { body: "while (!existsSync(file('enough'))) await sleep(20);\n return 'old';" }),
    },
  });
  cloud = await project.start();
});

afterAll(() => project.remove());

/** How often the app has been taken over. */
const reloads = () => cloud.command.output.match(/ reloaded /g)?.length ?? 0;

/** A busy machine may see one change as two, so the reload that this waits for may be that of the change before. */
async function reloaded(change: () => Promise<void>): Promise<void> {
  const before = reloads();
  await change();
  await eventually('a reload', () => reloads() > before);
}

test('the next run uses the new code, what runs ends on the old', async () => {
  expect(await cloud.complete('edited')).toMatchObject({ result: 1 });
  const lasting = await cloud.request('lasts');
  await cloud.reaches(lasting, 'running');

  await reloaded(async () => {
    await project.write('functions/edited.ts', version('2'));
    await project.write('functions/lasts.ts', jobFile('lasts', { body: "return 'new';" }));
  });

  expect(await cloud.complete('edited')).toMatchObject({ result: 2 });
  await project.share('enough');
  expect(await cloud.reaches(lasting, 'completed')).toMatchObject({ result: 'old', attempt: 1 });
  expect(await cloud.complete('lasts')).toMatchObject({ result: 'new' });
});

test('a syntax error is shown, and the old code stays', async () => {
  await project.write('functions/edited.ts', 'export default defineJob(');
  await cloud.command.prints(/not loaded +the running app stays as it was\n[\s\S]*edited\.ts/);

  expect(await cloud.complete('edited')).toMatchObject({ result: 2 });
  await reloaded(() => project.write('functions/edited.ts', version('3')));
  expect(await cloud.complete('edited')).toMatchObject({ result: 3 });
});

test('what is over is noted, at a reload too', async () => {
  await reloaded(() => project.addJob('once', jobFile('once', { body: '' }), "{ at: '2020-01-01T00:00' }"));
  await cloud.command.prints(/note +.*infra\/schedules\.ts: schedule "once": at 2020-01-01T00:00 is past/);

  await reloaded(() => project.removeJob('once'));
});

test('a new job runs and fires, and is gone when its file is', async () => {
  await reloaded(() => project.addJob('added', jobFile('added', { body: "return 'here';" })));
  await cloud.command.prints('new jobs: added; new schedules: added');
  expect(await cloud.complete('added')).toMatchObject({ result: 'here' });

  await reloaded(() => project.removeJob('added'));
  await cloud.command.prints('removed schedules: added');
  const run = await project.belfry(['run', 'added']).end();
  expect(run).toMatchObject({ code: 2, stderr: expect.stringContaining('there is no job "added"') });
});

test('a new job without a schedule is named at the reload, and listed by next', async () => {
  await reloaded(() => project.write('functions/idle.ts', jobFile('idle', { body: '' })));
  await cloud.command.prints(/reloaded +new jobs: idle\n/);

  const { stdout } = await project.belfry(['next']).end();
  expect(stdout).toContain('jobs without a schedule: idle');
  await reloaded(() => project.forget('functions/idle.ts'));
});

test('whom alerts go to is said at the start, and again after a reload that changes it', async () => {
  const said = () => cloud.command.output.match(/^alerts here: .*$/gm) ?? [];
  expect(said()).toEqual([expect.stringContaining('stage dev when deployed: no one is named; add alerts: ')]);
  const stages = await project.read('infra/stages.ts');

  await reloaded(() =>
    project.write('infra/stages.ts', "export const stages = { dev: { alerts: { email: ['a@example.com'] } } };"),
  );

  await eventually('the line again', () => said().length > 1);
  expect(said().at(-1)).toContain('this log; stage dev when deployed: e-mail to a@example.com; 1 address, ');
  await reloaded(() => project.write('infra/stages.ts', stages));
});

test('a variable of .belfry.env is taken over', async () => {
  await reloaded(() => project.write('functions/edited.ts', version('process.env.COLOUR')));
  await reloaded(() => project.setLocalEnvironment('COLOUR=blue'));

  await eventually('a run with the variable', async () => (await cloud.complete('edited'))['result'] === 'blue');
});

test('a function that cannot start says why, and no run is lost', async () => {
  await reloaded(() => project.setLocalEnvironment('POWERTOOLS_IDEMPOTENCY_DISABLED=true'));
  const saysWhy = () => /process +edited +.*POWERTOOLS_IDEMPOTENCY_DISABLED/.test(cloud.command.output);
  const run = await eventually('a function that cannot start', async () => {
    const each = await cloud.request('edited');
    await eventually('its end', async () => saysWhy() || (await cloud.record(each))?.status === 'completed');
    return saysWhy() && each;
  });
  expect(await cloud.record(run)).toMatchObject({ status: 'pending' });
  expect(await cloud.deadLetters('edited')).toEqual([]);

  cloud.command.interrupt();
  await cloud.command.end();
  await project.setLocalEnvironment();
  const next = await project.start();
  onTestFinished(() => next.command.kill());
  expect(await next.reaches(run, 'completed')).toMatchObject({ attempt: 1 });
});
