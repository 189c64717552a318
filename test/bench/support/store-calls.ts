import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Context } from 'aws-lambda';
import { defineJob, type Job } from '../../../lib/job/job.ts';
import { type JobPolicy, policyOf } from '../../../lib/job/policy.ts';
import type { RunPorts } from '../../../lib/run/delivery.ts';
import { executeRun } from '../../../lib/run/execute-run.ts';
import type { RunRequest } from '../../../lib/run/ports.ts';
import { deployedTimeouts } from '../../../lib/run/timeouts.ts';
import { createPowertoolsOnce } from '../../../lib/store/claim-layer.ts';
import { DynamoDbLockStore } from '../../../lib/store/dynamodb/dynamodb-lock-store.ts';
import { DynamoDbRunStore } from '../../../lib/store/dynamodb/dynamodb-run-store.ts';
import { MemoryRunQueue } from '../../../lib/store/memory/memory-run-queue.ts';
import { GATES } from '../../../lib/testing/gates.ts';
import { plus, toMilliseconds } from '../../../lib/units.ts';
import { startTestTable } from '../../support/dynalite.ts';
import { DUE, minutes, scheduledRequest, secondsOf } from '../../support/requests.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

/** What a run asked of its table. */
export interface StoreCalls {
  readonly writes: number;
  readonly reads: number;
  /** How often it waited for the table: calls that are under way together count once. */
  readonly roundTrips: number;
}

export type StoreCallsCase = 'allow' | 'locked' | 'retried';

/** Counts the requests of whole runs, each from its message to its record, through Powertools to a table. */
export async function countStoreCalls(): Promise<Readonly<Record<StoreCallsCase, StoreCalls>>> {
  const { client, table, close } = await startTestTable();
  const counter = countRequests(client);
  const runOf = async (job: Job, deliveries: number): Promise<StoreCalls> => {
    counter.reset();
    await completeRun(job, { client, table, deliveries });
    return counter.calls();
  };
  try {
    let attempts = 0;
    const failOnce = (): void => {
      if (++attempts === 1) throw new Error('the first attempt');
    };
    return {
      allow: await runOf(defineJob('allow', { overlap: 'allow', run() {} }), 1),
      locked: await runOf(defineJob('locked', { overlap: 'skip', run() {} }), 1),
      retried: await runOf(defineJob('retried', { overlap: 'skip', run: failOnce }), 2),
    };
  } finally {
    await close();
  }
}

/** Counts behind the SDK's own retries: what is counted is what goes to the network. */
function countRequests(client: DynamoDBClient) {
  let [writes, reads, roundTrips, underWay] = [0, 0, 0, 0];
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        if (/^(Get|BatchGet|Query|Scan|TransactGet)/.test(commandName)) reads++;
        else writes++;
        if (underWay++ === 0) roundTrips++;
        return await next(args).finally(() => underWay--);
      },
    { step: 'finalizeRequest', priority: 'low', name: 'countRequests' },
  );
  return {
    calls: (): StoreCalls => ({ writes, reads, roundTrips }),
    reset: () => {
      [writes, reads, roundTrips] = [0, 0, 0];
    },
  };
}

/** @throws Error when the run has not completed after that many deliveries */
async function completeRun(
  job: Job,
  { client, table, deliveries }: { client: DynamoDBClient; table: string; deliveries: number },
): Promise<void> {
  const policy = policyOf(job);
  const runs = new DynamoDbRunStore({ client, table, retention: policy.retention });
  const clock = new VirtualClock(plus(DUE, secondsOf(1)));
  const events: string[] = [];
  const ports: RunPorts = {
    job,
    policy,
    clock,
    random: () => 0.5,
    once: createPowertoolsOnce(runs, { getRemainingTimeInMillis: () => 60_000 } as Context),
    runs,
    gate: GATES[policy.overlap]({ locks: new DynamoDbLockStore({ client, table }), runs, queue: new MemoryRunQueue() }),
    reporter: { sendDeadLetter: async () => {}, alert: async () => {} },
    observe: ({ event }) => events.push(event),
    describeFailure: () => ({ subject: '', body: '' }),
    surroundings: () => ({
      log: { debug() {}, info() {}, warn() {}, error() {} },
      secret: async (name) => name,
      asset: (path) => path,
    }),
  };
  const request = scheduledRequest({ job: job.name });
  for (let n = 1; n <= deliveries; n++) {
    await executeRun(deliveryOf(request, n, { policy, clock }), ports);
    clock.jumpTo(plus(clock.now(), minutes(30)));
  }
  if (events.at(-1) !== 'run-completed') throw new Error(`${job.name} did not complete: ${events.join(', ')}`);
}

const deliveryOf = (
  request: RunRequest,
  receiveCount: number,
  { policy, clock }: { policy: JobPolicy; clock: VirtualClock },
) => ({
  request,
  owner: `owner-${receiveCount}`,
  receiveCount,
  deadline: plus(clock.now(), toMilliseconds(deployedTimeouts(policy).functionTimeout)),
  logStream: 'stream',
  requestId: `request-${receiveCount}`,
});
