import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunRecord } from '../../lib/run/record.ts';
import { jobFile } from './support/job-file.ts';
import { Project } from './support/project.ts';
import type { RunningCloud } from './support/running-cloud.ts';

/** Why a run failed, where a user looks: with real bundles, in a folder whose name has spaces and umlauts. */

const ONCE = 'retry: { maxAttempts: 1 },';
/** Long enough for what the body has set off to end the process. */
const WAIT = 'await sleep(60_000);';

const JOBS = {
  pays: {
    policy: ONCE,
    imports: "import { charge } from './_payments.ts';",
    body: "console.error(new Error('logged by the job'));\n charge(17);",
  },
  fetches: { policy: ONCE, body: "await fetch('http://127.0.0.1:9/');\n return 'never';" },
  throws: { policy: ONCE, body: `setTimeout(() => { throw new RangeError('two\\nlines'); });\n ${WAIT}` },
  rejects: { policy: ONCE, body: `void Promise.reject(new RangeError('nobody waits'));\n ${WAIT}` },
  dumps: {
    policy: ONCE,
    body: `process.removeAllListeners('uncaughtException');\n setTimeout(() => { throw new RangeError('dumped'); });\n ${WAIT}`,
  },
  imports: {
    policy: ONCE,
    imports: "if (process.env.AWS_LAMBDA_FUNCTION_NAME) throw new RangeError('not at import');",
    body: '',
  },
} as const;

const PAYMENTS = `export function charge(order: number): never {
  try {
    throw Object.assign(new Error('the bank said\\nno'), { code: 'DECLINED' });
  } catch (cause) {
    throw new TypeError(\`order \${order}:\\nnot paid\`, { cause });
  }
}
`;

let project: Project;
let cloud: RunningCloud;

beforeAll(async () => {
  project = await Project.create();
  await project.write('functions/_payments.ts', PAYMENTS);
  for (const [name, source] of Object.entries(JOBS)) await project.addJob(name, jobFile(name, source));
  cloud = await project.start();
});

afterAll(() => project.remove());

/** Where in a job's file a text stands, as a place begins. */
async function placeOf(job: string, text: string): Promise<string> {
  const lines = (await project.read(`functions/${job}.ts`)).split('\n');
  return `functions/${job}.ts:${lines.findIndex((line) => line.includes(text)) + 1}:`;
}

/** No path of this machine is printed but those that the user is told on purpose. */
const paths = () => cloud.command.output.match(/\/[^\s]*asset\.[0-9a-f]{64}[^\s]*/g);

test.concurrent('of an error that a job throws: in the log, the alert, the dead letter, run and show', async () => {
  const run = await project.belfry(['run', 'pays']).end();

  const summary = [
    'TypeError: order 17: not paid',
    'at functions/_payments.ts:5:11',
    'caused by Error: the bank said no (DECLINED)',
  ];
  const below = summary.slice(1).map((line) => `\n +${line.replaceAll(/[()]/g, '\\$&')}`);
  await cloud.command.prints(new RegExp(`FAILED +pays +for good, attempt 1: ${summary[0]}${below.join('')}\n`));
  await cloud.command.prints(new RegExp(`\\[dev\\] pays failed: ${summary[0]}${below.join('')}\n +\n +Run +pays/`));
  await cloud.command.prints(/output +pays +at .*\(functions\/pays\.ts:\d+:\d+\)\n/);
  expect(run.stdout).toMatch(/\nerror +TypeError: order 17:\n +not paid\n +at +functions\/_payments\.ts:5:11\n/);
  expect(run.stdout).toContain('\n  cause    Error: the bank said no (DECLINED)\nstack      at ');

  const [, id = ''] = /^run +(\S+)/.exec(run.stdout) ?? [];
  const shown = await project.belfry(['show', id]).end();
  const { error } = JSON.parse((await project.belfry(['show', id, '--json']).end()).stdout) as RunRecord;
  expect(shown.stdout).toBe(run.stdout);
  expect(error).toMatchObject({
    name: 'TypeError',
    message: 'order 17:\nnot paid',
    at: 'functions/_payments.ts:5:11',
    causes: [{ depth: 1, name: 'Error', message: 'the bank said\nno', code: 'DECLINED' }],
  });
  const frames = error?.stack?.split('\n') ?? [];
  expect(frames[0]).toMatch(/^at .*functions\/_payments\.ts:5:11\)?$/);
  expect(frames[1]).toContain(await placeOf('pays', 'charge(17)'));
  const [deadLetter] = await cloud.deadLetters('pays');
  expect(deadLetter?.MessageAttributes?.['belfry-error']?.StringValue).toBe(summary.join('; '));
  expect(paths()).toBeNull();
});

test.concurrent('of a fetch: the line of the job that made it, and what was behind it', async () => {
  const record = await cloud.reaches(await cloud.request('fetches'), 'failed');

  expect(record.error).toMatchObject({ name: 'TypeError', message: 'fetch failed' });
  expect(record.error?.at).toContain(await placeOf('fetches', 'await fetch'));
  expect(record.error?.causes).toMatchObject([{ depth: 1, message: 'bad port' }]);
});

test.concurrent.each([
  { job: 'throws', says: 'RangeError: two lines', thrown: 'new RangeError' },
  { job: 'rejects', says: 'RangeError: nobody waits', thrown: 'new RangeError' },
  { job: 'imports', says: 'RangeError: not at import', thrown: 'new RangeError' },
])('of a process that dies: the mapped stack ($job)', async ({ job, says, thrown }) => {
  await cloud.request(job);

  const place = (await placeOf(job, thrown)).replaceAll('.', '\\.');
  await cloud.command.prints(new RegExp(`process +${job} +${says}\n +at [^\n]*${place}\\d+\\)?\n`));
});

test.concurrent('of a crash that Node itself reports: the place and the mapped stack, and no piece of the bundle', async () => {
  await cloud.request('dumps');

  const place = (await placeOf('dumps', 'new RangeError')).replaceAll('.', '\\.');
  const line = (text: string) => `[^\n]*output +dumps +${text}\n`;
  await cloud.command.prints(
    new RegExp(`${line(`at ${place}\\d+`)}${line('RangeError: dumped')}${line(`at [^\n]*${place}\\d+\\)?`)}`),
  );
  expect(cloud.command.output).not.toMatch(/output +dumps +(import|file:)/);
});
