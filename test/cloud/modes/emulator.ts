import { execFile } from 'node:child_process';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { BelfryCommand } from '../../process/support/belfry-command.ts';
import { eventually } from '../../process/support/eventually.ts';
import { endAllIn } from '../../process/support/processes.ts';
import type { Emulator } from '../emulators/emulator.ts';
import { type Limits, STORE_CONTRACT } from '../limits.ts';
import { freePort } from '../support/free-port.ts';
import { requireLoopback } from '../support/loopback.ts';
import type { Report } from '../support/report.ts';
import { startCommand } from '../support/start-command.ts';
import { type SuiteOptions, untilInterrupted } from '../support/suite.ts';
import { checkDeploymentAt, type LocalOptions } from './deploy.ts';

const REPOSITORY = join(import.meta.dirname, '../../..');
const INSTALLED = join(REPOSITORY, 'node_modules/.cache/belfry/emulators');

export interface EmulatorOptions extends LocalOptions {
  readonly keeps: boolean;
  /** Whether it is only run, until Ctrl-C. */
  readonly serves: boolean;
}

/**
 * Installs an emulator, starts it, checks the store's contract over its DynamoDB and the suite's app on all of it, and
 * ends it.
 *
 * @throws UnavailableError when this machine cannot have it
 */
export async function checkEmulator(
  name: string,
  emulator: Emulator,
  options: EmulatorOptions,
  suite: SuiteOptions,
): Promise<void> {
  const directory = join(INSTALLED, name);
  suite.report.say(`installing ${emulator.name}`);
  await emulator.install(directory);
  const { name: title, leavesOut, takesNeighbours } = emulator;
  const limits = options.retriesLimits ? {} : emulator.limits;
  await withEmulator(emulator, directory, async (endpoint) => {
    if (options.serves) return await untilInterrupted(`${title} runs at ${endpoint}`, suite);
    if (suite.only === undefined) await checkStores(endpoint, limits, suite.report);
    await checkDeploymentAt(endpoint, { ...options, title, leavesOut, limits, takesNeighbours }, suite);
  });
}

async function withEmulator(
  emulator: Emulator,
  directory: string,
  use: (endpoint: string) => Promise<void>,
): Promise<void> {
  const scratch = await realpath(await mkdtemp(join(tmpdir(), 'belfry-emulator-')));
  const port = await freePort();
  const endpoint = `http://${emulator.host ?? '127.0.0.1'}:${port}`;
  const { command, environment } = emulator.command({ directory, scratch, port });
  const running = startCommand(command, {
    directory: scratch,
    environment: { HOME: scratch, TMPDIR: scratch, ...environment },
  });
  try {
    await eventually(`${emulator.name} at ${endpoint}`, () => answers(endpoint, running), 120_000);
    await requireLoopback(port);
    await use(endpoint);
  } finally {
    running.kill();
    await endAllIn(scratch);
    await rm(scratch, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function answers(endpoint: string, running: BelfryCommand): Promise<boolean> {
  if (running.hasEnded) throw new Error(`it has ended:\n${running.output.slice(-4000)}`);
  await fetch(endpoint, { signal: AbortSignal.timeout(5000) });
  return true;
}

/** The tests of `test/contract` and `test/store`, over the endpoint's tables. */
async function checkStores(endpoint: string, limits: Limits, report: Report): Promise<void> {
  await report.step({ name: STORE_CONTRACT, limit: limits[STORE_CONTRACT] }, async () => {
    const environment = { PATH: process.env['PATH'], BELFRY_DYNAMODB_ENDPOINT: endpoint };
    const vitest = [join(REPOSITORY, 'node_modules/vitest/vitest.mjs'), 'run', 'test/contract', 'test/store'];
    const run = promisify(execFile);
    await run(process.execPath, vitest, { cwd: REPOSITORY, env: environment, timeout: 300_000 }).catch((error) => {
      throw new Error(`${error.message}\n${String(error.stdout).slice(-6000)}`, { cause: error });
    });
  });
}
