import { strict as assert } from 'node:assert';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { CloudFormationClient, DeleteStackCommand, waitUntilStackDeleteComplete } from '@aws-sdk/client-cloudformation';
import { accountFacts, wholeAccount } from './against-template/account-facts.ts';
import { type DeploymentFacts, describeFacts, differences } from './against-template/deployment-facts.ts';
import { templateFacts } from './against-template/template-facts.ts';
import { assemblyOf, type CdkRun, runCdk } from './cdk.ts';
import { deleteLateLogGroups } from './late-log-groups.ts';
import type { LeftOut } from './leave-out.ts';
import { NameTakenError } from './names/name-guard.ts';
import { plannedStacks, stackTemplates } from './names/planned-stacks.ts';
import { takenNames } from './names/taken-names.ts';
import { SuiteProject } from './suite-project.ts';
import { clientConfig, type Target } from './target.ts';

/** What a user writes. */
export interface AppText {
  readonly app: string;
  readonly stage: string;
  readonly isProtected: boolean;
  /** With their folders: `billing/invoice`. One that begins with `_` is no job, as in any folder. */
  readonly jobs: readonly string[];
  /** By their ids: the job, and the options as they stand in the file: `every: '1 hour'`. */
  readonly schedules: Readonly<Record<string, readonly [job: string, options: string]>>;
  readonly addresses: readonly string[];
  /** What the user's own code tags everything with. */
  readonly tags: Readonly<Record<string, string>>;
}

/** CDK's own way for a user: all stacks, in one call. */
const DEPLOY = ['deploy', '--all', '--require-approval', 'never'];

/** An app whose user edits it, and deploys it after each edit. */
export class EditedApp {
  readonly #project: SuiteProject;
  readonly #place: Target;
  readonly #leavesOut: readonly LeftOut[];
  /** Every name that it has had. */
  readonly #apps = new Set<string>();
  readonly #ownStacks = new Set<string>();
  #text: AppText;

  private constructor(project: SuiteProject, place: Target, text: AppText, leavesOut: readonly LeftOut[]) {
    this.#project = project;
    this.#place = place;
    this.#text = text;
    this.#leavesOut = leavesOut;
  }

  static async create(place: Target, text: AppText, leavesOut: readonly LeftOut[]): Promise<EditedApp> {
    const project = await SuiteProject.create({ app: text.app, stage: text.stage, leavesOut, jobs: [] });
    const edited = new EditedApp(project, place, text, leavesOut);
    await edited.write(text);
    return edited;
  }

  get text(): AppText {
    return this.#text;
  }

  /** Where its last synthesis is. */
  get assembly(): string {
    return assemblyOf(this.#run);
  }

  get #run(): CdkRun {
    const { app, stage } = this.#text;
    return { project: this.#project, target: { ...this.#place, app, stage } };
  }

  /** Has the files say this. */
  async write(change: Partial<AppText>): Promise<void> {
    this.#text = { ...this.#text, ...change };
    const { app, jobs } = this.#text;
    this.#apps.add(app);
    await rm(join(this.#project.directory, 'functions'), { recursive: true, force: true });
    for (const job of jobs) await this.#writeFile(`functions/${job}.ts`, jobFile(basename(job).replace(/^_/, '')));
    await this.#writeFile('infra/schedules.ts', schedulesFile(this.#text));
    await this.#writeFile('infra/stages.ts', stagesFile(this.#text));
    await this.#writeFile('infra/access.ts', accessFile(this.#text, this.#leavesOut));
    const cdk = JSON.parse(await readFile(join(this.#project.directory, 'cdk.json'), 'utf8'));
    await this.#writeFile('cdk.json', JSON.stringify({ ...cdk, context: { ...cdk.context, app } }));
  }

  /**
   * Deploys what the files say, as a user does, and compares the account with it.
   *
   * @returns what is there, in a line
   * @throws NameTakenError if CloudFormation would have refused it, which emulators do not
   */
  async deploy(): Promise<string> {
    const before = await wholeAccount(this.#place);
    await runCdk(this.#run, DEPLOY);
    for (const stack of await plannedStacks(this.assembly)) {
      const problems = takenNames(stack, before, { ownStacks: this.#ownStacks });
      if (problems.length > 0) throw new NameTakenError(stack.name, problems);
      this.#ownStacks.add(stack.name);
    }
    return await this.compare();
  }

  /** Compares the account with what was synthesized last. @returns what is there, in a line */
  async compare(): Promise<string> {
    const template = templateFacts(await stackTemplates(this.assembly));
    const account = await this.#account();
    const ignoresZones = this.#place.limits['schedules have their zone'] !== undefined;
    const found = differences(template, account, { ignoresZones });
    if (found.length > 0) throw new Error(`the account is other than the templates say:\n${found.join('\n')}`);
    return `as the template: ${describeFacts(account)}`;
  }

  /** Sees an edit refused, and the account unchanged; what was written before is put back. */
  async refuses(change: Partial<AppText>, message: RegExp): Promise<string> {
    const [text, before] = [this.#text, await this.#account()];
    await this.write(change);
    await assert.rejects(runCdk(this.#run, DEPLOY), ({ message: printed }: Error) => {
      assert.match(printed, / ended with 1:\n/);
      assert.match(printed, message);
      return true;
    });
    await this.write(text);
    assert.deepEqual(await this.#account(), before, 'the refused deployment has changed something');
    return `code 1, and the account as before: ${await this.compare()}`;
  }

  async destroy(): Promise<string> {
    const since = Date.now();
    await runCdk(this.#run, ['destroy', '--all', '--force']);
    await deleteLateLogGroups(this.#place, `${this.#text.app}-${this.#text.stage}`, since);
    this.#ownStacks.clear();
    const left = differences(templateFacts([]), await this.#account());
    if (left.length > 0) throw new Error(`this is left:\n${left.join('\n')}`);
    return 'nothing of the app';
  }

  /** What `aws cloudformation delete-stack` does, and waits for its end. */
  async deleteStack(StackName: string): Promise<void> {
    const client = new CloudFormationClient(clientConfig(this.#place));
    await client.send(new DeleteStackCommand({ StackName }));
    await waitUntilStackDeleteComplete({ client, maxWaitTime: 600, minDelay: 1, maxDelay: 5 }, { StackName });
    this.#ownStacks.delete(StackName);
  }

  /** Has it know a stack that it has not deployed itself. */
  owns(stack: string): void {
    this.#ownStacks.add(stack);
  }

  async forgetLastSynthesis(): Promise<void> {
    await rm(this.assembly, { recursive: true });
  }

  async remove(): Promise<void> {
    await this.#project.remove();
  }

  #account(): Promise<DeploymentFacts> {
    return accountFacts(this.#place, [...this.#apps]);
  }

  async #writeFile(path: string, text: string): Promise<void> {
    await mkdir(dirname(join(this.#project.directory, path)), { recursive: true });
    await writeFile(join(this.#project.directory, path), text);
  }
}

const jobFile = (name: string): string => `import { defineJob } from 'belfry';

export default defineJob('${name}', { run: () => 'done' });
`;

function schedulesFile({ jobs, schedules }: AppText): string {
  const used = new Set(Object.values(schedules).map(([job]) => job));
  const scheduled = jobs.filter((job) => used.has(basename(job)));
  const imports = scheduled.map((job) => `import ${identifier(basename(job))} from '../functions/${job}.ts';\n`);
  const entries = Object.entries(schedules).map(
    ([id, [job, options]]) => `  '${id}': schedule(${identifier(job)}, { ${options} }),\n`,
  );
  return `import { type Schedules, schedule } from 'belfry';
${imports.join('')}
export const schedules: Schedules = {
${entries.join('')}};
`;
}

const identifier = (job: string): string => `${job.replaceAll('-', '_')}Job`;

/** The stage that is deployed, and `prod`, which others may be enabled in. */
function stagesFile({ stage, isProtected, addresses }: AppText): string {
  const stages = { prod: {}, [stage]: { isProtected, alerts: { email: addresses } } };
  return `export const stages = ${JSON.stringify(stages)};\n`;
}

const accessFile = ({ tags }: AppText, leavesOut: readonly LeftOut[]): string => `import { Tags } from 'aws-cdk-lib';
import type { Belfry } from 'belfry/cdk';
import { leaveOut } from './leave-out.ts';

export default (belfry: Belfry): void => {
  leaveOut(belfry, ${JSON.stringify(leavesOut)});
  for (const [key, value] of Object.entries(${JSON.stringify(tags)})) Tags.of(belfry.node.root).add(key, value);
};
`;
