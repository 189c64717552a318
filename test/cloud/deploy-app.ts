import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { DEFAULT_REGION, endpointOption } from '../../lib/cli/shared/connection.ts';
import { CommandError, EXIT } from '../../lib/cli/shared/exit-codes.ts';
import { isolateFromAws } from '../../lib/cli/shared/isolate.ts';
import { readStage } from '../../lib/cli/shared/options.ts';
import { DEFAULT_STAGE } from '../../lib/job/names.ts';
import { emulatorVariables } from './support/emulator-variables.ts';
import { identify, NEVER_FIRE, REFUSE_METRIC_MATH } from './support/identify.ts';

const REPOSITORY = join(import.meta.dirname, '../..');

const CDK_HOME = 'node_modules/.cache/belfry/cdk';

interface Options {
  readonly endpoint: string;
  readonly region: string;
  readonly stage: string;
}

/** `npm run localstack:deploy`: this checkout's app on an emulator, by the CDK CLI. */
async function main(): Promise<void> {
  const command = new Command('localstack:deploy')
    .description("bootstrap an emulator of AWS and deploy this checkout's app to it")
    .exitOverride()
    .addOption(endpointOption('where the emulator listens'))
    .option('--region <region>', 'where the stack goes', DEFAULT_REGION)
    .option('--stage <stage>', 'the stage to deploy', readStage, DEFAULT_STAGE);
  const { endpoint, region, stage } = command.parse().opts<Options>();
  isolateFromAws(process.env);
  const { kind, name } = await identify(endpoint);
  say(`${name} at ${endpoint}, region ${region}, stage ${stage}`);
  // As in the suite: whose account a key is differs from one emulator to the next.
  const variables = {
    ...emulatorVariables(endpoint, region),
    CDK_HOME: join(REPOSITORY, CDK_HOME, new URL(endpoint).port),
  };
  await cdk(['bootstrap'], variables);
  const context = ['-c', `stage=${stage}`, '-c', 'emulator=true'];
  await cdk(['deploy', '--all', '--require-approval', 'never', ...context, ...reduced(kind)], variables);
  const there = `--endpoint ${endpoint} --region ${region} --stage ${stage}`;
  if (NEVER_FIRE.has(kind)) say(`\nIt does not fire schedules by itself: npm run localstack:tick -- ${there}`);
  say(`What became of a run: npm run belfry -- show '<run id>' ${there}`);
}

function reduced(kind: Parameters<typeof REFUSE_METRIC_MATH.has>[0]): readonly string[] {
  if (!REFUSE_METRIC_MATH.has(kind)) return [];
  say('left out, since it refuses them: alarms over several metrics (<job>-failed, watchdog-silent)');
  return ['--app', 'node --import tsx test/cloud/reduced-app.ts'];
}

async function cdk(args: readonly string[], variables: Readonly<Record<string, string>>): Promise<void> {
  const child = spawn(process.execPath, [join(REPOSITORY, 'node_modules/aws-cdk/bin/cdk'), ...args], {
    cwd: REPOSITORY,
    stdio: 'inherit',
    env: { ...process.env, ...variables },
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new CommandError(`cdk ${args[0]} ended with ${String(code)}`, EXIT.unavailable);
}

const say = (text: string): unknown => process.stdout.write(`${text}\n`);

try {
  await main();
} catch (error) {
  if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? EXIT.done : EXIT.usage);
  if (!(error instanceof CommandError)) throw error;
  process.stderr.write(`localstack:deploy: ${error.message}\n`);
  process.exitCode = error.exitCode;
}
