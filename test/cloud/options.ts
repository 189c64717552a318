import { Command, InvalidArgumentError, Option } from 'commander';
import { AWS_HOST, readEndpoint as readEmulatorEndpoint } from '../../lib/cli/shared/connection.ts';
import { CommandError, EXIT } from '../../lib/cli/shared/exit-codes.ts';
import { readStage } from '../../lib/cli/shared/options.ts';
import { EMULATORS, type EmulatorName } from './emulators/index.ts';
import { checkNames, PHASES } from './support/check-names.ts';

/** What is checked, and where. */
type Mode =
  | { readonly mode: 'embedded' | 'serve' }
  | { readonly mode: 'attach' | 'deploy'; readonly endpoint: string }
  | { readonly mode: 'emulator'; readonly emulator: EmulatorName; readonly serves: boolean }
  | { readonly mode: 'aws'; readonly isConfirmed: boolean; readonly onlyTearsDown: boolean };

export type CloudOptions = Mode & {
  readonly stage: string;
  /** Part of the names of the checks to make. */
  readonly only: string | undefined;
  /** Where the results go as JSON. */
  readonly json: string | undefined;
  /** Whether the stack is left where it is. */
  readonly keeps: boolean;
  readonly retriesLimits: boolean;
};

/** As commander has them. */
interface Flags {
  readonly attach?: string | true;
  readonly deploy?: string | true;
  readonly emulator?: EmulatorName;
  readonly aws?: true;
  readonly serve?: true;
  readonly stage: string;
  readonly only?: string;
  readonly json?: string;
  readonly keep?: true;
  readonly retryLimits?: true;
  readonly yes?: true;
  readonly teardown?: true;
}

const MODES = ['attach', 'deploy', 'emulator', 'aws'];

/** @throws CommanderError or CommandError that says what is wrong with the arguments */
export function readOptions(argv: readonly string[], variables: NodeJS.ProcessEnv): CloudOptions {
  const flags = program().parse(argv).opts<Flags>();
  return {
    ...modeOf(flags, variables),
    stage: flags.stage,
    only: flags.only,
    json: flags.json,
    keeps: flags.keep === true,
    retriesLimits: flags.retryLimits === true,
  };
}

function program(): Command {
  const mode = (flags: string, description: string): Option => {
    const option = new Option(flags, description);
    return option.conflicts(MODES.filter((name) => name !== option.attributeName()));
  };
  return new Command('test:cloud')
    .description("check Belfry's suite of jobs on a running cloud, through AWS's SDK and the CDK CLI alone")
    .exitOverride()
    .showHelpAfterError('(--help lists the options; without any, --attach)')
    .addOption(
      mode(
        '--attach [endpoint]',
        "check the suite's app where it runs already; without an endpoint, start it on the embedded cloud",
      ).argParser(readEndpoint),
    )
    .addOption(
      mode(
        '--deploy [endpoint]',
        'deploy to an emulator, check, update, delete; AWS_ENDPOINT_URL if not given',
      ).argParser(readEndpoint),
    )
    .addOption(
      mode('--emulator <name>', 'install an emulator without Docker, start it, and deploy to it').choices(
        Object.keys(EMULATORS),
      ),
    )
    .addOption(mode('--aws', "the same on AWS itself, with the shell's credentials; needs --stage it<name>"))
    .option(
      '--serve',
      "run the suite's app on the embedded cloud for others to attach to, or with --emulator just that",
    )
    .option('--stage <stage>', 'the stage of the suite', readStage, 'it')
    .option('--only <text>', 'make only the checks with this in their names')
    .option('--json <file>', 'write the results as JSON, too')
    .option('--keep', 'leave the stack where it is')
    .option('--retry-limits', 'make also the checks that are known not to be supported there')
    .option('--yes', 'with --aws: do not ask')
    .option('--teardown', 'with --aws: only remove what an earlier call has left');
}

function modeOf(flags: Flags, variables: NodeJS.ProcessEnv): Mode {
  requireSense(flags);
  if (flags.aws) return { mode: 'aws', isConfirmed: flags.yes === true, onlyTearsDown: flags.teardown === true };
  if (typeof flags.attach === 'string') return { mode: 'attach', endpoint: flags.attach };
  if (flags.emulator !== undefined) return { mode: 'emulator', emulator: flags.emulator, serves: flags.serve === true };
  if (flags.serve) return { mode: 'serve' };
  if (flags.deploy === undefined) return { mode: 'embedded' };
  const endpoint = flags.deploy === true ? variables['AWS_ENDPOINT_URL'] : flags.deploy;
  if (endpoint !== undefined) return { mode: 'deploy', endpoint };
  throw new CommandError('--deploy: give the endpoint, or set AWS_ENDPOINT_URL', EXIT.usage);
}

/** @throws CommandError for flags that would be passed over in silence */
function requireSense(flags: Flags): void {
  const { attach, deploy, emulator, aws, serve, only } = flags;
  const refuse = (problem: string) => new CommandError(problem, EXIT.usage);
  if (flags.keep && deploy === undefined && emulator === undefined)
    throw refuse('--keep goes with --deploy or --emulator');
  if (!aws && (flags.yes || flags.teardown)) throw refuse('--yes and --teardown go with --aws');
  if (serve && (attach !== undefined || deploy !== undefined || aws))
    throw refuse('--serve goes alone, or with --emulator');
  if (serve && (only !== undefined || flags.json !== undefined)) throw refuse('--serve makes no checks');
  const names = PHASES.flatMap(checkNames);
  if (only === undefined || names.some((name) => name.toLowerCase().includes(only.toLowerCase()))) return;
  throw refuse(`no check has ${JSON.stringify(only)} in its name; docs/emulators.md lists them`);
}

/** The URL of an emulator; AWS's own are for `--aws`, which asks first and cleans up. */
function readEndpoint(text: string): string {
  if (URL.canParse(text) && AWS_HOST.test(new URL(text).hostname)) {
    throw new InvalidArgumentError('That is AWS itself: use --aws --stage it<name>.');
  }
  return readEmulatorEndpoint(text);
}
