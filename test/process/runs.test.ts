import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunRecord } from '../../lib/run/record.ts';
import { eventually } from './support/eventually.ts';
import { jobFile } from './support/job-file.ts';
import { signal } from './support/processes.ts';
import { Project } from './support/project.ts';
import { type RunningCloud, requestedMessage, scheduledMessage } from './support/running-cloud.ts';

/**
 * What becomes of runs, on one cloud for all tests of this file: a real `belfry start`, real functions, real
 * time. Each test has a job of its own.
 */

const QUICK = "timeout: '1 second', retry: { maxAttempts: 2, backoff: '1 second' },";

/** How long the lease of a job with a timeout of one second holds: its function's time and the skew of clocks. */
const LEASE_MS = 1_000 + 20_000 + 15_000;

const JOBS = {
  minutely: { body: 'return run.schedule;' },
  unheard: { body: '' },
  killed: {
    policy: QUICK,
    body: `if (run.attempt > 1) return 'taken over';
      writeFileSync(file('killed'), String(process.pid));
      await sleep(60_000);`,
  },
  loops: { policy: QUICK, body: "while (run.attempt === 1);\n return 'taken over';" },
  deaf: {
    policy: QUICK,
    body: `appendFileSync(file('deaf'), 'attempt ' + run.attempt + '\\n');
      if (run.attempt === 1) {
        setInterval(() => appendFileSync(file('deaf'), 'zombie\\n'), 10);
        await new Promise(() => {});
      }
      await sleep(500);`,
  },
  slow: { policy: QUICK, body: 'if (run.attempt === 1) await sleep(60_000, undefined, { signal });' },
  throws: {
    policy: "retry: { maxAttempts: 3, backoff: { initial: '1 second', factor: 2, max: '2 seconds' } },",
    body: "throw new TypeError('no report today (' + run.attempt + ')');",
  },
  hopeless: { body: "throw new NonRetryableError('the account is closed');" },
  exclusive: { body: "while (!existsSync(file('exclusive'))) await sleep(20);" },
  once: { policy: "timeout: '1 second',", body: "appendFileSync(file('once'), run.id + '\\n');" },
  crowd: { policy: "overlap: 'allow', concurrency: 4,", body: "appendFileSync(file('crowd'), run.id + '\\n');" },
  greets: { body: 'return process.env.GREETING;' },
  uploads: {
    policy: "overlap: 'allow', retry: { maxAttempts: 1 },",
    imports: "import { HeadBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';",
    body: `const s3 = new S3Client({});
      if (run.trigger === 'schedule') await s3.send(new HeadBucketCommand({ Bucket: 'reports' }));
      await s3.send(new PutObjectCommand({ Bucket: 'reports', Key: 'today', Body: 'text' }));`,
  },
  garbles: {
    body: `process.stdout.write(Buffer.from([0xff, 0xfe, 0x0a, 0xc3]));
      process.stderr.write('{"event":"run-completed","message":\\n{"_aws":\\n\\u001b[2J\\u0000\\u0007\\n');
      console.log('x'.repeat(1_000_000));
      process.stdout.write('no line end');`,
  },
  exits: {
    policy: "retry: { maxAttempts: 1 }, timeout: '1 second',",
    body: 'process.exit(0);',
  },
};

let project: Project;
let cloud: RunningCloud;

beforeAll(async () => {
  const jobs = Object.fromEntries(Object.entries(JOBS).map(([name, source]) => [name, jobFile(name, source)]));
  project = await Project.create({
    jobs,
    when: { minutely: "{ every: '1 minute' }", unheard: "{ every: '1 minute' }" },
    localEnvironment: 'GREETING="God morgon, «världen»"',
  });
  cloud = await project.start(['--drop', 'unheard=1']);
});

afterAll(() => project.remove());

/** A due time that no maximum lateness is against. */
const thisMinute = (): string => new Date().toISOString().slice(0, 16);

const attemptsOf = ({ attempts }: RunRecord) => attempts.map(({ cause, outcome }) => `${cause}: ${outcome}`);

test.concurrent('a worker that is killed has its run taken over within 30 seconds of the lease', async () => {
  const run = await cloud.request('killed');
  const pid = Number(await eventually('the process id', async () => (await project.shared('killed')) || undefined));

  signal(pid, 'SIGKILL');
  const record = await cloud.reaches(run, 'completed');

  expect(attemptsOf(record)).toEqual(['first: lost', 'crash: completed']);
  const [first, second] = record.attempts;
  const wait = (second?.startedAt ?? Number.NaN) - (first?.startedAt ?? Number.NaN);
  expect(wait).toBeGreaterThanOrEqual(LEASE_MS - 5_000);
  expect(wait).toBeLessThan(LEASE_MS + 30_000);
});

test.concurrent('a loop that never yields is killed with its function and taken over', async () => {
  const record = await cloud.complete('loops');

  expect(attemptsOf(record)).toEqual(['first: lost', 'crash: completed']);
  await cloud.command.prints(/process +loops +Task timed out after 21\.00 seconds/);
  // The run has completed after all: it is the function that failed.
  await cloud.command.prints(/ALARM +belfry-dev-loops-failed +ALARM of loops: Threshold Crossed: 1 out of the last 2/);
});

test.concurrent('a job that ends its own process fails as lost when its attempts are over', async () => {
  const record = await cloud.reaches(await cloud.request('exits'), 'failed');

  expect(attemptsOf(record)).toEqual(['first: lost']);
  await eventually('a dead letter', async () => (await cloud.deadLetters('exits')).length === 1);
});

test.concurrent('a schedule fires at its minute', async () => {
  await cloud.command.prints(/fired +minutely +due \d\d:\d\d:00/);

  await cloud.command.prints(/completed +minutely/);
  const [, id = ''] = await cloud.command.prints(/started +minutely +attempt 1 +(\S+)/);
  expect(id).toMatch(/^minutely\/\d{4}-\d\d-\d\dT\d\d:\d\dZ\/minutely$/);
  expect(await cloud.record(id)).toMatchObject({ status: 'completed', trigger: 'schedule', result: 'minutely' });
});

test.concurrent('a due time that is dropped on request starts nothing', async () => {
  await cloud.command.prints(/dropped +unheard +due \d\d:\d\d:00, not delivered, as asked for/);

  await cloud.command.prints(/completed +minutely/);
  expect(cloud.command.output).not.toMatch(/(fired|started) +unheard/);
});

test.concurrent('a message sent twice, and again after the end, makes one run', async () => {
  const minute = thisMinute();
  const message = scheduledMessage('once', `${minute}:00Z`);
  const run = `once/${minute}Z/once`;

  await Promise.all([cloud.send('once', message), cloud.send('once', message), cloud.send('once', message)]);
  await cloud.reaches(run, 'completed');
  await cloud.send('once', message);

  await eventually('an empty queue', async () => (await messagesIn('once')) === 0);
  expect(await project.shared('once')).toBe(`${run}\n`);
  expect(await cloud.record(run)).toMatchObject({ status: 'completed', attempt: 1 });
  expect(await cloud.deadLetters('once')).toEqual([]);
  await cloud.command.prints(`${run} has ended already`);
});

test.concurrent('a job that ignores its signal is recorded, ended, and writes nothing into the next attempt', async () => {
  const record = await cloud.complete('deaf');

  expect(attemptsOf(record)).toEqual(['first: timed-out', 'retry: completed']);
  const text = await project.shared('deaf');
  expect(text).toContain('zombie\nattempt 2');
  expect(text.slice(text.indexOf('attempt 2'))).toBe('attempt 2\n');
});

test.concurrent('a job that outlives its timeout is recorded as timed out, and retried', async () => {
  const record = await cloud.complete('slow');

  expect(attemptsOf(record)).toEqual(['first: timed-out', 'retry: completed']);
  expect(record.attempts[0]?.error).toMatchObject({ name: 'TimeoutError' });
  await cloud.command.prints(/timed out +slow +attempt 1 after/);
});

test.concurrent('a job that throws is retried, then leaves a dead letter, an alert, three alarms and a record', async () => {
  const run = await cloud.request('throws');
  const record = await cloud.reaches(run, 'failed');

  expect(attemptsOf(record)).toEqual(['first: failed', 'retry: failed', 'retry: failed']);
  expect(record.error).toMatchObject({ name: 'TypeError', message: 'no report today (3)' });
  const [deadLetter, ...others] = await eventually('a dead letter', async () => {
    const deadLetters = await cloud.deadLetters('throws');
    return deadLetters.length > 0 ? deadLetters : undefined;
  });
  expect(others).toEqual([]);
  expect(JSON.parse(deadLetter?.Body ?? '')).toMatchObject({
    run,
    job: 'throws',
    deadLetter: { attempts: 3, firstError: expect.stringContaining('(1)'), lastError: expect.stringContaining('(3)') },
  });
  expect(deadLetter?.MessageAttributes).toEqual({
    'belfry-run': { DataType: 'String', StringValue: run },
    'belfry-attempts': { DataType: 'Number', StringValue: '3' },
    'belfry-error': {
      DataType: 'String',
      StringValue: expect.stringMatching(/^TypeError: no report today \(3\); at functions\/throws\.ts:\d+:\d+$/),
    },
  });
  await cloud.command.prints(/alert +\[dev\] throws failed: TypeError: no report today \(3\)/);
  await cloud.command.prints(/ALARM +belfry-dev-runs-failed +ALARM/);
  await cloud.command.prints(/ALARM +belfry-dev-throws-dead-letters +ALARM/);
  await cloud.command.prints(/ALARM +belfry-dev-throws-failed +ALARM/);
  await cloud.command.prints(/FAILED +throws +for good, attempt 3: TypeError: no report today \(3\)/);
  await cloud.command.prints(/failed +throws +attempt 1 after .*; next (in \d|at once)/);
});

test.concurrent('an error that says so is not retried', async () => {
  const record = await cloud.reaches(await cloud.request('hopeless'), 'failed');

  expect(attemptsOf(record)).toEqual(['first: failed']);
});

test.concurrent('eleven requests of a job that runs one at a time are all completed; a due run is skipped meanwhile', async () => {
  const first = await cloud.request('exclusive');
  await cloud.reaches(first, 'running');
  const requests = await Promise.all(Array.from({ length: 10 }, () => cloud.request('exclusive')));
  await Promise.all(requests.map((run) => cloud.reaches(run, 'pending')));

  const minute = thisMinute();
  await cloud.send('exclusive', scheduledMessage('exclusive', `${minute}:00Z`));
  expect(await cloud.reaches(`exclusive/${minute}Z/exclusive`, 'skipped')).toMatchObject({
    reason: 'overlap',
    blockedBy: first,
  });

  await project.share('exclusive');
  for (const run of [first, ...requests]) await cloud.reaches(run, 'completed');
});

test.concurrent('300 messages at once make 300 runs', async () => {
  const messages = Array.from({ length: 300 }, (_, index) => requestedMessage('crowd', Date.now() - index));

  await Promise.all(messages.map(({ body }) => cloud.send('crowd', body)));
  await eventually('300 lines', async () => (await lines('crowd')).length >= 300);
  await eventually('an empty queue', async () => (await messagesIn('crowd')) === 0);

  expect((await lines('crowd')).sort()).toEqual(messages.map(({ run }) => run).sort());
});

test.concurrent('a variable of .belfry.env reaches a job', async () => {
  expect(await cloud.complete('greets')).toMatchObject({ result: 'God morgon, «världen»' });
});

test.concurrent('a call to a service that is not there fails at once, with its name and the cure', async () => {
  const record = await cloud.reaches(await cloud.request('uploads'), 'failed');

  expect(record.error?.message).toMatch(/has no s3\. Set AWS_ENDPOINT_URL_S3 in \.belfry\.env/);
});

test.concurrent('the answer to a HEAD request has no text, so the log gives the cure', async () => {
  const minute = thisMinute();
  await cloud.send('uploads', scheduledMessage('uploads', `${minute}:00Z`));
  await cloud.reaches(`uploads/${minute}Z/uploads`, 'failed');

  await cloud.command.prints(/not there +s3 .*Set AWS_ENDPOINT_URL_S3 in \.belfry\.env/);
});

test.concurrent('output that is no text, no line, or half an object harms nobody', async () => {
  await cloud.complete('garbles');

  await cloud.command.prints(/output +garbles +x{1000}/);
  await cloud.command.prints(/output +garbles +no line end/);
});

test('no lock stays behind, and Ctrl-C leaves nothing', async () => {
  const { Items = [] } = await cloud.dynamodb.send(new ScanCommand({ TableName: 'belfry-dev-runs' }));
  const locked = Items.filter(({ sk }) => sk?.S === 'STATE').filter(({ lockRun }) => lockRun !== undefined);
  expect(locked).toEqual([]);

  cloud.command.interrupt();
  expect(await cloud.command.end()).toMatchObject({ code: 0, stderr: '' });
  await project.idle();
});

const lines = async (name: string): Promise<string[]> => (await project.shared(name)).split('\n').filter(Boolean);

/** Messages that wait, are hidden, or are in hand. */
async function messagesIn(job: string): Promise<number> {
  const { Attributes = {} } = await cloud.sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: cloud.queueUrl(job), AttributeNames: ['All'] }),
  );
  return (
    Number(Attributes['ApproximateNumberOfMessages']) + Number(Attributes['ApproximateNumberOfMessagesNotVisible'])
  );
}
