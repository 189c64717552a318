import { createInterface } from 'node:readline/promises';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { CommandError, EXIT } from '../../../lib/cli/shared/exit-codes.ts';
import type { Report } from '../support/report.ts';
import { runChecks } from '../support/run-checks.ts';
import { deleteCheckQueues, stackStatus } from '../support/stack.ts';
import { checkDeployment, removeByName, type SuiteOptions } from '../support/suite.ts';
import { SUITE_APP, SuiteProject } from '../support/suite-project.ts';
import type { Target } from '../support/target.ts';

export interface AwsOptions {
  readonly stage: string;
  /** Whether nobody is asked before anything is made. */
  readonly isConfirmed: boolean;
  /** Whether what an earlier call has left is removed, and nothing else done. */
  readonly onlyTearsDown: boolean;
}

/** A stage of the suite's own: no stage that anybody works with is called so. */
const OWN_STAGE = /^it[a-z0-9]+$/;

/**
 * Deploys the suite's app to a stage of its own of the account that the shell's credentials are for, checks it, and
 * deletes it, whatever happens in between.
 *
 * @throws CommandError for a stage that is not the suite's, an account that is not ready, or an answer of no
 */
export async function checkAws(options: AwsOptions, suite: SuiteOptions): Promise<void> {
  const target = await awsTarget(options.stage);
  suite.report.introduce(target.title);
  if (options.onlyTearsDown) return await tearDownOnly(target, suite.report);
  await requireReady(target);
  suite.report.say(statementFor(target));
  if (!options.isConfirmed) await confirm(target.stage);
  suite.report.say(`\nIf this process is killed: ${tearDownCommand(target)}\n`);
  const project = await SuiteProject.create({ stage: target.stage });
  try {
    await checkDeployment({ project, target, bootstraps: false, keeps: false }, suite);
  } finally {
    await project.remove();
    const left = await stackStatus(target).catch(() => 'a status that cannot be read');
    if (left !== undefined)
      suite.report.say(`The stack is still there, in ${left}. Remove it: ${tearDownCommand(target)}`);
  }
}

async function tearDownOnly(target: Target, report: Report): Promise<void> {
  await deleteCheckQueues(target);
  if ((await stackStatus(target)) === undefined) report.say(`there is no stack ${target.app}-${target.stage} here\n`);
  else if (!(await removeByName(target, report))) return;
  await runChecks({ target, phase: 'checks-after-teardown', onResult: report.add });
}

const tearDownCommand = ({ region, stage }: Target): string =>
  `AWS_REGION=${region} npm run test:cloud -- --aws --stage ${stage} --teardown`;

async function awsTarget(stage: string): Promise<Target> {
  if (!OWN_STAGE.test(stage)) {
    throw new CommandError(
      `--stage ${stage}: on AWS the suite takes stages of its own only; write --stage it<name>`,
      EXIT.usage,
    );
  }
  refuseOtherEndpoints(process.env);
  const sts = new STSClient({});
  const region = await ask('no region is set: set AWS_REGION or a profile', () => sts.config.region());
  const { Account } = await ask('no credentials that AWS takes', () => sts.send(new GetCallerIdentityCommand({})));
  return {
    kind: 'aws',
    title: `AWS account ${Account}, region ${region}, stage ${stage}`,
    region,
    app: SUITE_APP,
    stage,
    // Queues, functions and metrics of a real account take their time.
    patience: 3,
    limits: {},
  };
}

/** What is said of AWS must have been seen on AWS. */
function refuseOtherEndpoints(variables: NodeJS.ProcessEnv): void {
  const name = Object.keys(variables).find((each) => each.startsWith('AWS_ENDPOINT_URL'));
  if (name !== undefined) throw new CommandError(`${name} is set: with --aws nothing but AWS is asked`, EXIT.usage);
  // A profile may name one, too.
  variables['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'] = 'true';
}

/** What is made, how long it takes and what it costs, said before anything is made. */
const statementFor = ({
  app,
  stage,
}: Target): string => `This deploys the stack ${app}-${stage}, checks it, changes it, \
and deletes it again.
It takes about 40 minutes, and as long the shell's credentials have to last.
It costs about 10 US cents at list prices, most of it for an hour of about 60 alarms, a few custom metrics and a key;
not more than 2 US dollars if the stack stays for a day.
What remains: the alert topic's key, disabled, until AWS deletes it after 30 days, free of charge; and the code of the
functions, a few megabytes, in the bucket of cdk bootstrap.`;

/** @throws CommandError when the account is not bootstrapped, or the stack is there already */
async function requireReady(target: Target): Promise<void> {
  const { app, stage, title } = target;
  if ((await stackStatus(target, 'CDKToolkit')) === undefined) {
    throw new CommandError(`${title} is not bootstrapped: run npx cdk bootstrap first`, EXIT.unavailable);
  }
  if ((await stackStatus(target)) === undefined) return;
  const cure = `remove it with ${tearDownCommand(target)}, or choose another stage`;
  throw new CommandError(`the stack ${app}-${stage} is there already: ${cure}`, EXIT.unavailable);
}

async function confirm(stage: string): Promise<void> {
  if (!process.stdin.isTTY) {
    throw new CommandError('nobody is there to be asked; say --yes if this is wanted', EXIT.usage);
  }
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  // Ctrl-C and the end of the input reject.
  const answer = await terminal.question(`\nType ${stage} to go on: `).catch(() => '');
  terminal.close();
  if (answer.trim() !== stage) throw new CommandError('nothing was made', EXIT.usage);
}

/** Asks AWS something that only the shell's settings can be wrong for. */
async function ask<Value>(problem: string, question: () => Promise<Value>): Promise<Value> {
  try {
    return await question();
  } catch (cause) {
    throw new CommandError(`${problem} (${cause instanceof Error ? cause.message : String(cause)})`, EXIT.unavailable, {
      cause,
    });
  }
}
