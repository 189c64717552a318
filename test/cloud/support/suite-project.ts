import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MINUTE } from '../../../lib/units.ts';
import { checkOutFixture, FIXTURE_NAME, REPOSITORY } from '../../fixtures/fixture-app.ts';
import type { BelfryCommand, CommandEnd, CommandOptions } from '../../process/support/belfry-command.ts';
import { endAllIn } from '../../process/support/processes.ts';
import { emulatorVariables } from './emulator-variables.ts';
import type { LeftOut } from './leave-out.ts';
import { startCommand } from './start-command.ts';
import type { Target } from './target.ts';

const SUITE = join(REPOSITORY, 'test/cloud');

/** The app's name, whatever the user's is. */
export const SUITE_APP = FIXTURE_NAME;

/** The job that the update of the stack removes. */
const REMOVED_JOB = 'probe-gone';

/** What the update changes in the schedules: a time, a zone; and it removes an entry. */
const CHANGES: readonly (readonly [before: RegExp, after: string])[] = [
  [/cron: '30 7 \* \* mon-fri', timezone: 'Europe\/Stockholm'/, "cron: '45 6 * * *', timezone: 'Asia/Tokyo'"],
  [new RegExp(`^.*'${REMOVED_JOB}': .*\n`, 'm'), ''],
  [new RegExp(`^import .*/${REMOVED_JOB}\\.ts';\n`, 'm'), ''],
];

/** What jobs may touch: nothing. */
const ACCESS = 'export default (): void => {};\n';

/** The same, less what an emulator cannot take. */
const reducedAccess = (parts: readonly LeftOut[]): string => `import type { Belfry } from 'belfry/cdk';
import { leaveOut } from './leave-out.ts';

export default (belfry: Belfry): void => leaveOut(belfry, ${JSON.stringify(parts)});
`;

export interface SuiteProjectOptions {
  /** The one stage that the app has. */
  readonly stage: string;
  /** What is not deployed. @default nothing */
  readonly leavesOut?: readonly LeftOut[];
}

/** A user's checkout whose jobs and schedules are the suite's, in a folder of its own. */
export class SuiteProject {
  readonly directory: string;
  readonly #root: string;

  private constructor(root: string) {
    this.#root = root;
    this.directory = join(root, 'project');
  }

  static async create({ stage, leavesOut = [] }: SuiteProjectOptions): Promise<SuiteProject> {
    const project = new SuiteProject(await realpath(await mkdtemp(join(tmpdir(), 'belfry-cloud-'))));
    const { directory } = project;
    // Checks wait for the watchdog: the least that it takes.
    await checkOutFixture(directory, { parts: ['infra'], context: { watchdogGrace: '1 minute' } });
    for (const folder of ['functions', '../home', '../tmp']) await mkdir(join(directory, folder));
    for (const file of await readdir(join(SUITE, 'functions'))) {
      await project.#copy(`functions/${file}`, `functions/${file}`, []);
    }
    await project.#copy('schedules.ts', 'infra/schedules.ts', [['./functions/', '../functions/']]);
    await project.#copy('support/leave-out.ts', 'infra/leave-out.ts', []);
    await writeFile(join(directory, 'infra/stages.ts'), `export const stages = { ${stage}: {} };\n`);
    await writeFile(join(directory, 'infra/access.ts'), leavesOut.length > 0 ? reducedAccess(leavesOut) : ACCESS);
    return project;
  }

  /** Changes the app as a user does: a schedule gets another time and zone, a job goes. */
  async update(): Promise<void> {
    const path = join(this.directory, 'infra/schedules.ts');
    let text = await readFile(path, 'utf8');
    for (const [before, after] of CHANGES) {
      if (!before.test(text)) throw new Error(`infra/schedules.ts has no ${before}`);
      text = text.replace(before, after);
    }
    await writeFile(path, text);
    await rm(join(this.directory, 'functions', `${REMOVED_JOB}.ts`));
  }

  /** The CDK CLI of the checkout. */
  async cdk(args: readonly string[], environment: Readonly<Record<string, string>>): Promise<CommandEnd> {
    const command = this.run(['node', 'node_modules/aws-cdk/bin/cdk', ...args], { environment });
    try {
      return await command.end(CDK_WITHIN_MS);
    } finally {
      command.kill();
    }
  }

  /** Fires the schedules at an emulator that does not, until the checkout is removed. */
  tick({ endpoint = '', stage }: Target): void {
    const command = ['node', '--import', 'tsx', 'lib/cli/main.ts', 'tick', '--endpoint', endpoint, '--stage', stage];
    this.run(command, { environment: emulatorVariables(endpoint) });
  }

  /** A command in the checkout, with a home and a folder for temporary files of its own. */
  run(command: readonly string[], { environment, ...options }: CommandOptions = {}): BelfryCommand {
    const home = join(this.#root, 'home');
    // The CDK CLI keeps in its home whose account a key is: an emulator's must not meet another's, or the developer's own.
    const folders = { HOME: home, CDK_HOME: home, TMPDIR: join(this.#root, 'tmp') };
    return startCommand(command, {
      ...options,
      directory: this.directory,
      environment: { ...folders, ...environment },
    });
  }

  /** Ends whatever still runs in the checkout, and removes it. */
  async remove(): Promise<void> {
    await endAllIn(this.#root);
    await rm(this.#root, { recursive: true, force: true, maxRetries: 5 });
  }

  async #copy(from: string, to: string, imports: readonly (readonly [string, string])[]): Promise<void> {
    let text = await readFile(join(SUITE, from), 'utf8');
    for (const [before, after] of imports) text = text.replaceAll(`'${before}`, `'${after}`);
    await writeFile(join(this.directory, to), text);
  }
}

/** AWS takes minutes for a stack, and half an hour for one that it rolls back. */
const CDK_WITHIN_MS = 45 * MINUTE;
