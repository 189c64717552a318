import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
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

/** What jobs may touch: nothing. What an emulator cannot take is left out. */
const accessFile = (parts: readonly LeftOut[], isBroken: boolean): string => `import type { Belfry } from 'belfry/cdk';
import { leaveOut } from './leave-out.ts';

export default (belfry: Belfry): void => {
  leaveOut(belfry, ${JSON.stringify(parts)});
  ${isBroken ? 'fail(belfry);' : ''}
};
${isBroken ? FAILURE : ''}`;

/** Has CloudFormation fail when all else that comes before it is there: an alarm over an expression that is none. */
const FAILURE = `
import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnTable } from 'aws-cdk-lib/aws-dynamodb';

function fail(belfry: Belfry): void {
  for (const table of belfry.node.root.node.findAll().filter((each) => each instanceof CfnTable)) {
    const metrics = [{ id: 'broken', expression: 'NO_SUCH_FUNCTION(' }];
    const common = { comparisonOperator: 'GreaterThanThreshold', evaluationPeriods: 1, threshold: 0 };
    new CfnAlarm(table.stack, 'Failure', { ...common, metrics }).addResourceDependency(table);
  }
}
`;

export interface SuiteProjectOptions {
  /** The one stage that the app has. */
  readonly stage: string;
  /** Whether that is protected. @default false */
  readonly isProtected?: boolean;
  /** The stage's `alerts`, as TypeScript. @default none */
  readonly alerts?: string | undefined;
  /** What is not deployed. @default nothing */
  readonly leavesOut?: readonly LeftOut[];
  /** The app's name. @default SUITE_APP */
  readonly app?: string;
  /** The jobs, with their groups: `reports/probe-due`. @default all that the suite has, in no group */
  readonly jobs?: readonly string[];
  /** The file of `test/cloud` with the entries of these jobs. @default 'schedules.ts' */
  readonly schedules?: string;
}

/** A user's checkout whose jobs and schedules are the suite's, in a folder of its own. */
export class SuiteProject {
  readonly directory: string;
  readonly #root: string;
  readonly #leavesOut: readonly LeftOut[];

  private constructor(root: string, leavesOut: readonly LeftOut[]) {
    this.#root = root;
    this.#leavesOut = leavesOut;
    this.directory = join(root, 'project');
  }

  static async create({
    stage,
    isProtected = false,
    alerts,
    leavesOut = [],
    app = SUITE_APP,
    ...options
  }: SuiteProjectOptions): Promise<SuiteProject> {
    const project = new SuiteProject(await realpath(await mkdtemp(join(tmpdir(), 'belfry-cloud-'))), leavesOut);
    const { directory } = project;
    const { jobs = await allJobs(), schedules = 'schedules.ts' } = options;
    // Checks wait for the watchdog: the least that it takes.
    await checkOutFixture(directory, { parts: ['infra'], context: { app, watchdogGrace: '1 minute' } });
    for (const folder of ['functions', '../home', '../tmp']) await mkdir(join(directory, folder));
    for (const job of jobs) await project.#copy(`functions/${basename(job)}.ts`, `functions/${job}.ts`, []);
    const imports = jobs.map((job) => [`./functions/${basename(job)}.ts`, `../functions/${job}.ts`] as const);
    await project.#copy(schedules, 'infra/schedules.ts', imports);
    await project.#copy('support/leave-out.ts', 'infra/leave-out.ts', []);
    await writeFile(
      join(directory, 'infra/stages.ts'),
      `export const stages = { ${stage}: { isProtected: ${isProtected}${alerts === undefined ? '' : `, alerts: ${alerts}`} } };\n`,
    );
    await project.setBroken(false);
    return project;
  }

  /** Has deployments fail after their table was created, or has them succeed again. */
  async setBroken(isBroken: boolean): Promise<void> {
    await writeFile(join(this.directory, 'infra/access.ts'), accessFile(this.#leavesOut, isBroken));
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
    await mkdir(dirname(join(this.directory, to)), { recursive: true });
    await writeFile(join(this.directory, to), text);
  }
}

const allJobs = async (): Promise<readonly string[]> =>
  (await readdir(join(SUITE, 'functions'))).map((file) => basename(file, '.ts'));

/** AWS takes minutes for a stack, and half an hour for one that it rolls back. */
const CDK_WITHIN_MS = 45 * MINUTE;
