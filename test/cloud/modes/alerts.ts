import { strict as assert } from 'node:assert';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { LeftOut } from '../support/leave-out.ts';
import { Neighbour } from '../support/neighbour.ts';
import type { SuiteOptions } from '../support/suite.ts';
import type { Target } from '../support/target.ts';

/** What is checked of a stage with channels for its alerts, in this order. */
export const ALERTS = {
  deploy: 'an app whose stage has channels for its alerts deploys',
  reaches: 'a failed run reaches the channel of its stage, once, with its address from a secret',
  subscription: 'the watchdog counts the subscriptions of the topic of mails',
  gone: 'the app with channels can be deleted',
} as const;

const APP = 'alarming';
const STAGE = 'dev';
const SECRET = `${APP}-${STAGE}-hook`;
const ALERTS_OF_STAGE = `{ email: ['oncall@example.org'], webhook: { url: { secretsManager: '${SECRET}' } } }`;

/** Deploys a small app with a webhook, a server of this machine, and an address that no one confirms. */
export async function checkAlerts(place: Target, leavesOut: readonly LeftOut[], suite: SuiteOptions): Promise<void> {
  const hook = await listen();
  const app = await Neighbour.create(place, {
    ...{ app: APP, stage: STAGE, leavesOut, alerts: ALERTS_OF_STAGE },
    jobs: ['probe-fail'],
    schedules: 'schedules-of-alerts.ts',
  });
  const step = async (name: keyof typeof ALERTS, perform: () => Promise<void>): Promise<boolean> => {
    if (suite.signal.aborted) return false;
    return await suite.report.step({ name: ALERTS[name], limit: place.limits[ALERTS[name]] }, perform);
  };
  try {
    const isDeployed = await step('deploy', async () => {
      const SecretString = `${hook.url}/alerts`;
      await new SecretsManagerClient(app.cloud.config).send(new CreateSecretCommand({ Name: SECRET, SecretString }));
      await app.deploy();
    });
    if (isDeployed) {
      await step('reaches', () => reachesHook(app, hook.bodies));
      await step('subscription', () => knowsSubscriptions(app));
    }
    await step('gone', () => app.destroy());
  } finally {
    await hook.close();
    await app.project.remove();
  }
}

interface Hook {
  readonly url: string;
  readonly bodies: readonly string[];
  close(): Promise<void>;
}

async function listen(): Promise<Hook> {
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    bodies.push(body);
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bodies,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function reachesHook({ cloud }: Neighbour, bodies: readonly string[]): Promise<void> {
  const run = await cloud.request('probe-fail');
  await cloud.reaches(run, 'failed');
  const about = () => bodies.filter((body) => body.includes(run));
  await cloud.eventually('the alert in the channel', async () => (about().length > 0 ? about() : undefined), 60);
  const { kind, story, job, error } = JSON.parse(about()[0] ?? '{}');
  assert.deepEqual({ kind, story, job }, { kind: 'run-failed', story: 'failed:probe-fail', job: 'probe-fail' });
  assert.match(error, /there is no such account/);
  // A pass of the watchdog later: what it had left to send would have come.
  const now = Date.now();
  await cloud.eventually('a pass after it', () => passAfter(cloud, now), 150);
  assert.equal(about().length, 1, 'the alert has come once');
}

/** The record of a pass of the watchdog that began after an instant. */
async function passAfter(cloud: Neighbour['cloud'], since: number) {
  const records = await cloud.records('watchdog', '');
  return records.find(({ status, startedAt }) => status === 'completed' && Number(startedAt) > since);
}

async function knowsSubscriptions({ cloud }: Neighbour): Promise<void> {
  const pass = await cloud.eventually('a pass', () => passAfter(cloud, 0), 150);
  const { confirmed, pending } = JSON.parse(pass['result']).subscriptions;
  // The one address; MiniStack takes it for confirmed.
  assert.equal(confirmed + pending, 1);
}
