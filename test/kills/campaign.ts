import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { scanRuns } from '../../lib/local/state/resume.ts';
import { hasEnded, type RunRecord } from '../../lib/run/record.ts';
import { epochMs, MINUTE, plus } from '../../lib/units.ts';
import { eventually } from '../process/support/eventually.ts';
import { jobFile } from '../process/support/job-file.ts';
import { processesIn, signal } from '../process/support/processes.ts';
import { Project } from '../process/support/project.ts';
import type { RunningCloud } from '../process/support/running-cloud.ts';
import { audit, type LedgerLine, type OffTime } from './audit.ts';
import { type Kill, planKills } from './plan.ts';

const TABLE = 'belfry-dev-runs';
const LEDGER = 'ledger';
const REQUEST_EVERY_MS = 1_000;
/** Leases of a minute and a half, twice, with what a busy machine adds. */
const QUIET_WITHIN_MS = 8 * 60_000;

const body = `appendFileSync(file('${LEDGER}'), JSON.stringify({ run: run.id, attempt: run.attempt, token: run.fencingToken }) + '\\n');
    await sleep(200 + Math.random() * 1_500);`;

const MINUTELY = ['skips', 'allows'] as const;
const JOBS = {
  skips: jobFile('skips', { policy: "timeout: '5 seconds',", body }),
  allows: jobFile('allows', { policy: "timeout: '5 seconds', overlap: 'allow',", body }),
  asked: jobFile('asked', { policy: "timeout: '5 seconds', overlap: 'allow',", body }),
};

export interface CampaignOptions {
  readonly count: number;
  readonly seed: number;
  readonly say: (text: string) => void;
}

/** Kills under load, waits until it is quiet, and gives what the audit found. */
export async function runCampaign({ count, seed, say }: CampaignOptions): Promise<readonly string[]> {
  const when = Object.fromEntries(MINUTELY.map((job) => [job, "{ cron: '* * * * *' }"]));
  const project = await Project.create({ jobs: JOBS, when });
  try {
    return await new Campaign(project, say).run(planKills(count, seed));
  } finally {
    await project.remove();
  }
}

class Campaign {
  readonly #project: Project;
  readonly #say: (text: string) => void;
  readonly #acknowledged: string[] = [];
  readonly #off: OffTime[] = [];
  #cloud: RunningCloud | undefined;

  constructor(project: Project, say: (text: string) => void) {
    this.#project = project;
    this.#say = say;
  }

  async run(kills: readonly Kill[]): Promise<readonly string[]> {
    this.#cloud = await this.#project.start();
    const from = plus(epochMs(Date.now()), MINUTE);
    const load = this.#load();
    for (const kill of kills) {
      await sleep(kill.afterMs);
      await this.#strike(kill);
    }
    // One due time more, so that the last kill has one after it.
    await sleep(MINUTE);
    await load.stop();
    const to = epochMs(Date.now() - MINUTE);
    const records = await this.#quiet();
    const ledger = await this.#ledger();
    const { length: requests } = this.#acknowledged;
    this.#say(`audited ${records.length} runs, ${requests} of them requested; ${ledger.length} attempts had begun`);
    return audit({
      records,
      ledger,
      acknowledged: this.#acknowledged,
      minutely: MINUTELY,
      locked: ['skips'],
      span: [from, to],
      off: this.#off,
    });
  }

  async #strike(kill: Kill): Promise<void> {
    const pid = kill.victim === 'cloud' ? this.#cloud?.command.pid : await this.#worker(kill.pick);
    const done = pid !== undefined && signal(pid, kill.signal);
    this.#say(`${kill.signal} ${kill.victim} ${pid ?? 'that is not there'}`);
    if (!done) return;
    if (kill.signal === 'SIGSTOP') {
      await sleep(kill.stoppedMs);
      signal(pid, 'SIGCONT');
    } else if (kill.victim === 'cloud') await this.#restart();
  }

  async #restart(): Promise<void> {
    const from = epochMs(Date.now());
    await this.#cloud?.command.end();
    this.#cloud = await this.#project.start();
    this.#off.push({ from, to: epochMs(Date.now()) });
  }

  async #worker(pick: number): Promise<number | undefined> {
    const all = await processesIn(this.#project.directory);
    const named = await Promise.all(all.map(async (pid) => ((await isWorker(pid)) ? [pid] : [])));
    const workers = named.flat();
    return workers[Math.floor(pick * workers.length)];
  }

  /** Requests runs all the time; of those that were not answered nothing is promised. */
  #load() {
    let isOver = false;
    const requesting = (async () => {
      while (!isOver) {
        await this.#cloud?.request('asked').then(
          (id) => this.#acknowledged.push(id),
          () => {},
        );
        await sleep(REQUEST_EVERY_MS);
      }
    })();
    return {
      stop: async () => {
        isOver = true;
        await requesting;
      },
    };
  }

  /** The records once every run up to now has ended and no lock is held. */
  async #quiet(): Promise<readonly RunRecord[]> {
    const until = Date.now();
    let records: readonly RunRecord[] = [];
    const isQuiet = async () => {
      records = await this.#records();
      const open = records.filter(({ status, scheduledTime }) => scheduledTime <= until && !hasEnded(status));
      return open.length === 0 && !(await this.#isLocked());
    };
    // What is stuck is told by the audit.
    await eventually('quiet', isQuiet, QUIET_WITHIN_MS).catch(() => this.#say('it does not become quiet'));
    return records.filter(({ scheduledTime }) => scheduledTime <= until);
  }

  async #records(): Promise<readonly RunRecord[]> {
    const found: RunRecord[] = [];
    if (this.#cloud === undefined) return found;
    for await (const record of scanRuns(this.#cloud.dynamodb, TABLE)) if (record.job in JOBS) found.push(record);
    return found;
  }

  async #isLocked(): Promise<boolean> {
    const { Items = [] } = (await this.#cloud?.dynamodb.send(new ScanCommand({ TableName: TABLE }))) ?? {};
    return Items.some(({ pk, lockRun }) => pk?.S === 'JOB#skips' && lockRun !== undefined);
  }

  async #ledger(): Promise<readonly LedgerLine[]> {
    const lines = (await this.#project.shared(LEDGER)).split('\n').filter((line) => line !== '');
    return lines.map((line) => JSON.parse(line));
  }
}

async function isWorker(pid: number): Promise<boolean> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'args=', '-p', String(pid)]).catch(() => ({ stdout: '' }));
  return stdout.includes('worker-main.mjs');
}
