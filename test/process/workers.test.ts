import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { milliseconds, seconds } from '../../lib/units.ts';
import { createTestPool, functionModel, type TestPoolOptions } from '../local/lambda/workers/functions.ts';
import { PATIENCE } from '../support/patience.ts';

// Of everything that is made in here, the functions' folders and files too.
const scratch = mkdtempSync(join(tmpdir(), 'belfry-workers-'));
beforeEach(() => vi.stubEnv('TMPDIR', scratch));
afterEach(() => vi.unstubAllEnvs());
afterAll(() => rmSync(scratch, { recursive: true, force: true, maxRetries: 5 }));

function setup(source: string, options: TestPoolOptions = {}) {
  const parts = createTestPool(source, options);
  onTestFinished(parts.close);
  return { ...parts, file: join(mkdtempSync(join(tmpdir(), 'belfry-workers-')), 'file') };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // An orphan that has ended stays in the list of processes until init looks; macOS's looks at once.
  const status = `/proc/${pid}/stat`;
  return !existsSync(status) || !/\) Z /.test(readFileSync(status, 'utf8'));
}

const eventually = (expectation: () => void) => vi.waitFor(expectation, PATIENCE);

const pidOf = (result: { kind: string; payload?: unknown }): number => Number(result.payload);

const echoPid = 'export const handler = async () => process.pid;';

test('gives the handler its event and a context, and returns what it returns', async () => {
  const { pool } = setup(`
    export const handler = async (event, context) => ({
      event,
      context: { ...context, getRemainingTimeInMillis: undefined, awsRequestId: undefined },
      remaining: context.getRemainingTimeInMillis(),
      hasOwnStream: process.env.AWS_LAMBDA_LOG_STREAM_NAME === context.logStreamName,
    });
  `);

  const result = await pool.invoke({ job: 'årsrapport' });

  expect(result).toMatchObject({
    kind: 'succeeded',
    isColdStart: true,
    payload: {
      event: { job: 'årsrapport' },
      context: {
        functionName: 'app-dev-job',
        functionVersion: '$LATEST',
        invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:app-dev-job',
        memoryLimitInMB: '256',
        logGroupName: '/aws/lambda/app-dev-job',
        logStreamName: expect.stringMatching(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/),
      },
      hasOwnStream: true,
    },
  });
  expect(result.kind === 'succeeded' && result.payload).toMatchObject({ remaining: expect.closeTo(10_000, -3) });
});

test('gives the process the variables of the function and none of the developer', async () => {
  vi.stubEnv('AWS_PROFILE', 'production');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAREAL');
  vi.stubEnv('AWS_SESSION_TOKEN', 'real');
  vi.stubEnv('HOME', '/home/developer');
  vi.stubEnv('NODE_OPTIONS', '--no-warnings');
  const { pool } = setup('export const handler = async () => process.env;', {
    environment: { BELFRY_TABLE: 'app-dev-runs', LEVEL: 'info' },
    localVariables: { LEVEL: 'debug' },
  });

  const result = await pool.invoke({});

  const variables = result.kind === 'succeeded' ? (result.payload as Record<string, string>) : {};
  expect(Object.keys(variables).sort()).toEqual(
    [
      ...[
        'AWS_ACCESS_KEY_ID',
        'AWS_CONFIG_FILE',
        'AWS_DEFAULT_REGION',
        'AWS_EC2_METADATA_DISABLED',
        'AWS_ENDPOINT_URL',
      ],
      ...['AWS_LAMBDA_FUNCTION_MEMORY_SIZE', 'AWS_LAMBDA_FUNCTION_NAME', 'AWS_LAMBDA_FUNCTION_VERSION'],
      ...['AWS_LAMBDA_INITIALIZATION_TYPE', 'AWS_LAMBDA_LOG_GROUP_NAME', 'AWS_LAMBDA_LOG_STREAM_NAME', 'AWS_REGION'],
      ...['AWS_SECRET_ACCESS_KEY', 'AWS_SHARED_CREDENTIALS_FILE', 'BELFRY_TABLE', 'LAMBDA_TASK_ROOT', 'LANG', 'LEVEL'],
      ...['BELFRY_FULL_ERRORS', 'PATH', 'TZ', '_HANDLER', ...(process.env.TMPDIR === undefined ? [] : ['TMPDIR'])],
    ].sort(),
  );
  expect(variables).toMatchObject({
    AWS_ACCESS_KEY_ID: 'belfry-local',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:4510',
    AWS_EC2_METADATA_DISABLED: 'true',
    LEVEL: 'debug',
  });
  expect(existsSync(String(variables.AWS_CONFIG_FILE))).toBe(false);
});

test('uses a warm environment again, also after an error of the handler', async () => {
  const { pool } = setup(`
    let calls = 0;
    export const handler = async () => {
      calls += 1;
      if (calls === 1) throw new TypeError('first');
      return calls;
    };
  `);

  const [first, second] = [await pool.invoke({}), await pool.invoke({})];

  expect(first).toMatchObject({ kind: 'failed', error: { type: 'TypeError', message: 'first' }, isColdStart: true });
  expect(second).toMatchObject({ kind: 'succeeded', payload: 2, isColdStart: false });
});

test('gives each of several invocations at once an environment of its own', async () => {
  const { pool } = setup(`
    import { setTimeout } from 'node:timers/promises';
    export const handler = async () => (await setTimeout(100), process.pid);
  `);

  const results = await Promise.all([pool.invoke({}), pool.invoke({}), pool.invoke({})]);

  expect(new Set(results.map(pidOf)).size).toBe(3);
});

test('throttles what is beyond the reserved concurrency', async () => {
  const { pool } = setup(echoPid, { reservedConcurrency: 1 });

  const [one, other] = await Promise.all([pool.invoke({}), pool.invoke({})]);

  expect([one.kind, other.kind]).toEqual(['succeeded', 'throttled']);
});

test('kills a function at its timeout, and goes on with a new process', async () => {
  const { pool, logs } = setup(
    `export const handler = async ({ hangs }) => {
      console.log('pid', process.pid);
      while (hangs);
    };`,
    { timeoutSeconds: seconds(1) },
  );

  const result = await pool.invoke({ hangs: true });

  expect(result).toMatchObject({
    kind: 'failed',
    duration: 1000,
    error: { type: 'Sandbox.Timedout', message: 'Task timed out after 1.00 seconds' },
  });
  expect(isAlive(Number(logs[0]?.line.split(' ')[1]))).toBe(false);
  expect(logs.at(-1)).toMatchObject({
    writtenBy: 'lambda',
    line: expect.stringMatching(/ Task timed out after 1\.00 seconds$/),
  });
  expect(await pool.invoke({ hangs: false })).toMatchObject({ kind: 'succeeded', isColdStart: true });
});

test.each([
  ['process.exit(1)', 'Runtime.ExitError', 'Runtime exited with error: exit status 1'],
  ['process.exit(0)', 'Runtime.ExitError', 'Runtime exited without providing a reason'],
  ['process.kill(process.pid, "SIGKILL")', 'Runtime.ExitError', 'Runtime exited with error: signal: killed'],
  ['setTimeout(() => { throw new RangeError("x") })', 'Runtime.UncaughtException', 'RangeError: x'],
  ['Promise.reject(new Error("x"))', 'Runtime.UnhandledPromiseRejection', 'Error: x'],
  [
    'const kept = []; while (true) kept.push(new Array(1e5).fill({}).map(() => ({})))',
    'Runtime.ExitError',
    'Runtime exited with error: signal: aborted',
  ],
])('reports a process that ends in the middle: %s', async (statement, type, message) => {
  const source = `export const handler = async () => { ${statement}; await new Promise(() => setInterval(() => {}, 1000)); };`;
  const { pool } = setup(source, { memoryMb: 128 });

  const result = await pool.invoke({});

  expect(result).toMatchObject({ kind: 'failed', error: { type, message } });
});

test.each([
  ['nobody catches', 'setTimeout(() => { throw error; })', 'TypeError: outer'],
  ['nobody awaits', 'void Promise.reject(error)', 'TypeError: outer'],
  ['a handler throws', 'throw error', 'outer'],
])(
  'reports of an error that %s where it was thrown and what is behind it, from the folder',
  async (_case, statement, message) => {
    const { pool } = setup(`export const handler = async () => {
    const error = new TypeError('outer', { cause: new AggregateError([new RangeError('inner')], 'several') });
    ${statement};
    await new Promise(() => setInterval(() => {}, 1000));
  };`);

    const result = await pool.invoke({});

    const { message: told = '', trace = [] } = result.kind === 'failed' ? result.error : {};
    expect(told).toBe(message);
    expect(trace.filter((line) => line.includes('.mjs:')).at(0)).toMatch(/^ +at .*\(?index\.mjs:2:\d+\)?$/);
    expect(trace.filter((line) => line.startsWith('caused by'))).toEqual([
      'caused by AggregateError: several',
      'caused by RangeError: inner',
    ]);
  },
);

test('reports an error that cannot be read, and goes on', async () => {
  const { pool } = setup(`export const handler = async () => {
    const error = new Error('x');
    Object.defineProperty(error, 'message', { get() { throw new Error('a getter'); } });
    throw error;
  };`);

  const [one, other] = [await pool.invoke({}), await pool.invoke({})];

  expect(one).toMatchObject({ kind: 'failed', error: { message: 'what was thrown cannot be read' } });
  expect(other).toMatchObject({ kind: 'failed', isColdStart: false });
});

test.each([
  ['a module that throws', 'throw new SyntaxError("bad");', 'index.handler', 'SyntaxError', 'bad'],
  ['no such export', '', 'index.handler', 'Runtime.HandlerNotFound', 'index.handler is undefined or not a function'],
  ['no such module', '', 'other.handler', 'Runtime.ImportModuleError', expect.stringContaining('"other.handler"')],
])('reports what cannot be loaded: %s', async (_case, source, handler, type, message) => {
  const { pool } = setup(source, { handler });

  const result = await pool.invoke({});

  expect(result).toMatchObject({ kind: 'failed', error: { type, message } });
});

test('reports a folder that is gone', async () => {
  const { pool } = setup('', { directory: '/nowhere/at-all' });

  const result = await pool.invoke({});

  expect(result).toMatchObject({ kind: 'failed', error: { type: 'Runtime.StartError' } });
});

test('freezes a promise left behind, which goes on in the next invocation', async () => {
  const { pool, file } = setup(`
    import { appendFileSync, existsSync } from 'node:fs';
    import { setTimeout } from 'node:timers/promises';
    const untilThereIs = async (path) => {
      while (!existsSync(path)) await setTimeout(1);
    };
    export const handler = async ({ file, leaves }) => {
      if (leaves) return void untilThereIs(file + '.go').then(() => appendFileSync(file, 'went on'));
      await untilThereIs(file);
    };
  `);
  const other = setup(echoPid);

  await pool.invoke({ file, leaves: true });
  // What the promise waits for comes when its process is frozen already. Another process starts, works and answers
  // meanwhile: only stopped time can explain that nothing is written.
  writeFileSync(`${file}.go`, '');
  await other.pool.invoke({});
  const whileFrozen = existsSync(file);
  await pool.invoke({ file, leaves: false });

  expect(whileFrozen).toBe(false);
  expect(readFileSync(file, 'utf8')).toBe('went on');
});

test('reads lines whole, cuts huge ones, and knows whose they are', async () => {
  const { pool, logs } = setup(`
    process.stdout.write('while loading\\n');
    export const handler = async ({ name }) => {
      process.stdout.write('half of ');
      await new Promise((resolve) => setTimeout(resolve, 5));
      process.stdout.write(name + '\\n\\n');
      console.error('to stderr å');
      process.stdout.write('x'.repeat(600_000) + '\\n');
      process.stdout.write('no end');
    };
  `);

  const one = await pool.invoke({ name: 'one' });
  const two = await pool.invoke({ name: 'two' });

  const linesOf = (requestId: unknown) =>
    logs
      .filter((log) => log.requestId === requestId)
      .map(({ line }) => (line.length > 100 ? line.length : line))
      .sort();
  expect(linesOf(undefined)).toEqual(['while loading']);
  expect(linesOf('requestId' in one && one.requestId)).toEqual(
    [262_144, 262_144, 75_712, 'half of one', 'no end', 'to stderr å'].sort(),
  );
  expect(linesOf('requestId' in two && two.requestId)).toContain('half of two');
});

test('ends an environment that was idle for long', async () => {
  const { pool } = setup(echoPid, { idleAfterMs: 20 });

  const pid = pidOf(await pool.invoke({}));

  await eventually(() => expect(isAlive(pid)).toBe(false));
});

test('runs later invocations on replaced code, and lets those that run end on the old', async () => {
  const { pool } = setup(`
    import { setTimeout } from 'node:timers/promises';
    export const handler = async () => (await setTimeout(100), 'old');
  `);

  const running = pool.invoke({});
  pool.replace(
    functionModel('export const handler = async () => process.env.VERSION + process.env.LEVEL', {
      environment: { VERSION: 'new' },
    }),
    { LEVEL: 'debug' },
  );
  const [later, earlier] = await Promise.all([pool.invoke({}), running]);
  const last = await pool.invoke({});

  expect([earlier, later, last]).toMatchObject([{ payload: 'old' }, { payload: 'newdebug' }, { payload: 'newdebug' }]);
});

test('waits for what runs when it closes, takes no more, and leaves no process', async () => {
  const { pool } = setup(`
    import { setTimeout } from 'node:timers/promises';
    import { spawn } from 'node:child_process';
    export const handler = async ({ wait }) => {
      const child = spawn('sleep', ['60']);
      await setTimeout(wait);
      return [process.pid, child.pid];
    };
  `);
  const idle = await pool.invoke({ wait: 0 });
  const [running] = [pool.invoke({ wait: 100 })];

  const closed = pool.close(milliseconds(5000));
  const refused = await pool.invoke({ wait: 0 });
  await closed;

  const finished = await running;
  expect(refused.kind).toBe('throttled');
  expect([idle.kind, finished.kind]).toEqual(['succeeded', 'succeeded']);
  const pids = [idle, finished].flatMap((result) => (result.kind === 'succeeded' ? (result.payload as number[]) : []));
  await eventually(() => expect(pids.filter(isAlive)).toEqual([]));
});

test('ends what still runs when the time for closing is over', async () => {
  const { pool } = setup('export const handler = () => new Promise(() => setInterval(() => {}, 1000));');

  const running = pool.invoke({});
  await pool.close(milliseconds(100));

  expect(await running).toMatchObject({ kind: 'failed', error: { message: /terminated|killed/ } });
});

test('leaves no process, frozen or running, when the cloud itself is killed', async () => {
  const main = fileURLToPath(new URL('../local/lambda/workers/cloud-to-kill.ts', import.meta.url));
  const cloud = spawn(process.execPath, ['--import', 'tsx', main], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(cloud.stdout, 'data');
  const pids = String(line).trim().split(' ').map(Number);
  const wereAlive = pids.map(isAlive);

  cloud.kill('SIGKILL');

  await eventually(() => expect(pids.filter(isAlive)).toEqual([]));
  expect(wereAlive).toEqual([true, true]);
});
