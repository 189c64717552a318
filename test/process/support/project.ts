import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { checkOutFixture } from '../../fixtures/fixture-app.ts';
import { BelfryCommand, type CommandOptions } from './belfry-command.ts';
import { eventually } from './eventually.ts';
import { endAllIn, processesIn } from './processes.ts';
import { RunningCloud } from './running-cloud.ts';

export interface ProjectOptions {
  /** Files of `functions/` by their job's name, with {@link jobFile}; each gets a schedule that is due once a year. */
  readonly jobs?: Readonly<Record<string, string>>;
  /** When a job is due that is not due once a year: TypeScript, e.g. `{ every: '1 minute' }`. */
  readonly when?: Readonly<Record<string, string>>;
  /** More of `.belfry.env`. */
  readonly localEnvironment?: string;
  /** More of cdk.json's `context`. */
  readonly context?: Readonly<Record<string, string>>;
}

/** A user's checkout with the jobs of the fixture and further ones, in a folder such as users have. */
export class Project {
  /** The checkout. */
  readonly directory: string;
  /** Beside the checkout; of everything a test starts. */
  readonly home: string;
  /** A folder for files that jobs and tests share. */
  readonly files: string;
  /** Where everything that a test starts has its temporary files. */
  readonly temporary: string;
  readonly #root: string;
  readonly #commands: BelfryCommand[] = [];
  readonly #context: Readonly<Record<string, string>>;
  #jobs: Readonly<Record<string, string>>;
  #when: Readonly<Record<string, string>>;

  private constructor(root: string, { jobs = {}, when = {}, context = {} }: ProjectOptions) {
    this.#root = root;
    this.directory = join(root, 'Mein Prüfstand «β»');
    this.home = join(root, 'home');
    this.files = join(root, 'files');
    this.temporary = join(root, 'tmp');
    this.#context = context;
    this.#jobs = jobs;
    this.#when = when;
  }

  static async create(options: ProjectOptions = {}): Promise<Project> {
    const root = await realpath(await mkdtemp(join(tmpdir(), 'belfry process ')));
    const project = new Project(root, options);
    try {
      await project.#write(options);
    } catch (error) {
      await project.remove();
      throw error;
    }
    return project;
  }

  /** Another checkout of the same, elsewhere. */
  twin(): Promise<Project> {
    return Project.create({ jobs: this.#jobs, when: this.#when, context: this.#context });
  }

  async write(path: string, text: string): Promise<void> {
    await mkdir(dirname(join(this.directory, path)), { recursive: true });
    await writeFile(join(this.directory, path), text);
  }

  async forget(path: string): Promise<void> {
    await rm(join(this.directory, path), { recursive: true });
  }

  async setLocalEnvironment(text = ''): Promise<void> {
    await this.write('.belfry.env', `TEST_FILES="${this.files}"\n${text}\n`);
  }

  async read(path: string): Promise<string> {
    return await readFile(join(this.directory, path), 'utf8');
  }

  /** The text of a file that a job writes; empty while there is none. */
  async shared(name: string): Promise<string> {
    return await readFile(join(this.files, name), 'utf8').catch(() => '');
  }

  /** Makes a file that a job waits for. */
  async share(name: string): Promise<void> {
    await writeFile(join(this.files, name), '');
  }

  async addJob(name: string, source: string, when?: string): Promise<void> {
    this.#jobs = { ...this.#jobs, [name]: source };
    if (when !== undefined) this.#when = { ...this.#when, [name]: when };
    await this.write(`functions/${name}.ts`, source);
    await this.#writeSchedules();
  }

  async removeJob(name: string): Promise<void> {
    const { [name]: _removed, ...others } = this.#jobs;
    this.#jobs = others;
    await this.#writeSchedules();
    await rm(join(this.directory, 'functions', `${name}.ts`));
  }

  /** `belfry <args>`, as its npm script calls it. */
  belfry(args: readonly string[], options: CommandOptions = {}): BelfryCommand {
    return this.#run(['node', '--import', 'tsx', 'lib/cli/main.ts', ...args], options);
  }

  /** `npm start --silent -- <args>`. */
  npmStart(args: readonly string[] = [], options: CommandOptions = {}): BelfryCommand {
    return this.#run(['npm', 'start', '--silent', '--', ...args], options);
  }

  /** A cloud that has introduced itself. */
  async start(args: readonly string[] = [], options: CommandOptions = {}): Promise<RunningCloud> {
    return await RunningCloud.of(this.belfry(['start', ...args], options));
  }

  /** The processes that work in this checkout. */
  processes(): Promise<readonly number[]> {
    return processesIn(this.directory);
  }

  /** Waits until nobody works in this checkout any more. */
  async idle(): Promise<void> {
    await eventually('no process left', async () => (await this.processes()).length === 0);
  }

  /** Ends everything that was started in the checkout, and removes it. */
  async remove(): Promise<void> {
    for (const command of this.#commands) command.kill();
    await endAllIn(this.#root);
    await rm(this.#root, { recursive: true, force: true, maxRetries: 5 });
  }

  async #write(options: ProjectOptions): Promise<void> {
    await checkOutFixture(this.directory, { context: this.#context });
    for (const folder of [this.home, this.files, this.temporary]) await mkdir(folder);
    for (const [name, source] of Object.entries(this.#jobs)) await this.write(`functions/${name}.ts`, source);
    await this.#writeSchedules();
    await this.setLocalEnvironment(options.localEnvironment);
  }

  #run(command: readonly string[], options: CommandOptions): BelfryCommand {
    const started = new BelfryCommand(command, {
      ...options,
      directory: this.directory,
      environment: { HOME: this.home, TMPDIR: this.temporary, ...options.environment },
    });
    this.#commands.push(started);
    return started;
  }

  async #writeSchedules(): Promise<void> {
    const names = ['heartbeat', 'run-digest', ...Object.keys(this.#jobs)];
    const when: Readonly<Record<string, string>> = { heartbeat: "{ every: '5 minutes' }", ...this.#when };
    await this.write(
      'infra/schedules.ts',
      [
        ...names.map((name, index) => `import job${index} from '../functions/${name}.ts';`),
        "import { type Schedules, schedule } from 'belfry';",
        'export const schedules: Schedules = {',
        ...names.map((name, index) => `  '${name}': schedule(job${index}, ${when[name] ?? "{ cron: '0 3 1 1 *' }"}),`),
        '};',
        '',
      ].join('\n'),
    );
  }
}
