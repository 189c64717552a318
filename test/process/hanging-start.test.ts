import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { HANGS_AFTER } from '../support/patience.ts';
import type { BelfryCommand } from './support/belfry-command.ts';
import { eventually } from './support/eventually.ts';
import { jobFile } from './support/job-file.ts';
import { signal } from './support/processes.ts';
import { Project } from './support/project.ts';

/** A job file that keeps the app from ending, under the commands that synthesize it; and signals that reach them alone. */

let project: Project;

const job = (result: number, effect = '') => `${jobFile('edited', { body: `return ${result};` })}\n${effect}\n`;
const TIMER = 'setInterval(() => {}, 1000);';

beforeEach(async () => {
  project = await Project.create({ jobs: { edited: job(1) } });
  onTestFinished(() => project.remove());
});

/** Long enough for an app that loads on a busy machine. */
const LIMIT = 15;

async function limitLoading(): Promise<void> {
  const app = await project.read('infra/app.ts');
  await project.write('infra/app.ts', app.replace("functions'))", `functions'), { timeLimit: '${LIMIT} seconds' })`));
}

/** A job file that hangs, and shows that it is being loaded. */
const hanging = () => job(2, `writeFileSync(${JSON.stringify(`${project.files}/loading`)}, 'yes');\n${TIMER}`);
const isLoading = () => eventually('the file to be loaded', async () => (await project.shared('loading')) !== '');

/** As `kill -INT <pid>`, which reaches no other process of the group. */
async function interruptAlone(command: BelfryCommand) {
  signal(command.pid, 'SIGINT');
  const end = await command.end(HANGS_AFTER);
  await project.idle();
  return end;
}

test('start names the file that hangs, and ends', async () => {
  await limitLoading();
  await project.write('functions/edited.ts', job(1, TIMER));

  const { code, stderr } = await project.npmStart().end();

  expect(code).toBe(2);
  expect(stderr).toContain(`the app does not end within ${LIMIT} seconds`);
  expect(stderr).toMatch(/Open is a timer \(functions\/edited\.ts:\d+\)/);
  await project.idle();
});

test('a reload that hangs is named and given up, and the next change is loaded', async () => {
  await limitLoading();
  const cloud = await project.start();

  await project.write('functions/edited.ts', job(2, TIMER));
  await cloud.command.prints(
    /not loaded +the running app stays as it was\n.*Open is a timer \(functions\/edited\.ts:\d+\)/,
  );
  expect(await cloud.complete('edited')).toMatchObject({ result: 1 });
  await project.write('functions/edited.ts', job(3, 'await new Promise(() => {});'));
  await cloud.command.prints(/functions\/edited\.ts: importing never ends: it waits at functions\/edited\.ts:\d+/);
  await project.write('functions/edited.ts', job(4));
  await cloud.command.prints(/ reloaded /);

  expect(await cloud.complete('edited')).toMatchObject({ result: 4 });
});

test('SIGINT to start alone ends a reload that hangs, and every other process', async () => {
  const cloud = await project.start();
  await cloud.complete('edited');
  await cloud.command.prints(/completed +heartbeat/);
  await project.write('functions/edited.ts', hanging());
  await isLoading();

  const { code, stdout } = await interruptAlone(cloud.command);

  expect(code).toBe(0);
  expect(stdout).not.toContain('not loaded');
});

test.each([{ args: ['start'] }, { args: ['next'] }, { args: ['simulate'] }, { args: ['run', 'edited'] }])(
  'SIGINT to $args alone ends a synthesis that hangs, and everything with it',
  async ({ args }) => {
    await project.write('functions/edited.ts', hanging());
    const command = project.belfry(args);
    await isLoading();

    const { code, signal: name, stdout } = await interruptAlone(command);

    expect(args[0] === 'start' ? code : name).toBe(args[0] === 'start' ? 3 : 'SIGINT');
    expect(stdout).toBe('');
  },
);

test('run names the file that hangs, where the running cloud has an earlier version of it', async () => {
  const cloud = await project.start();
  await project.write('functions/edited.ts', job(2, 'await new Promise(() => {});'));
  await cloud.command.prints(/importing never ends/);

  const { code, stderr } = await project.belfry(['run', 'edited']).end();

  expect(code).toBe(2);
  expect(stderr).toMatch(
    /functions\/edited\.ts: importing does not end within 30 seconds: it waits at functions\/edited/,
  );
});
