import { Command, CommanderError } from 'commander';
import { BelfryError } from '../errors.ts';
import { DEFAULT_STAGE } from '../job/names.ts';
import { SynthesisError } from '../local/synthesize.ts';
import { DEFAULT_REGION, endpointOption, readEndpoint } from './commands/connection.ts';
import { readChance, readDrop, readJson, readLength, readStage } from './commands/options.ts';
import type { RunOptions } from './commands/run.ts';
import type { ShowOptions } from './commands/show.ts';
import type { StartOptions } from './commands/start.ts';
import type { TickOptions } from './commands/tick.ts';
import { CommandError, EXIT } from './exit-codes.ts';
import { isolateFromAws } from './isolate.ts';
import { addImport } from './usage/import.ts';
import { addNext } from './usage/next.ts';
import { addSimulate } from './usage/simulate.ts';

/** The `belfry` command: `npm start` and `npm run belfry -- <command>`. */
export function createProgram(onExit: (code: number) => void): Command {
  const program = new Command('belfry')
    .description('Scheduled and background jobs on your own AWS account')
    .exitOverride()
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: true })
    .addHelpText(
      'after',
      '\nExit codes: 0 done; 1 the run ended other than completed, show: there is no record, import: some lines were not understood;\n2 wrong usage or input; 3 not reachable or not permitted.',
    );

  program
    .command('start')
    .description('run the app on the embedded cloud, until Ctrl-C')
    .option('--for <length>', 'end by itself after 30s, 2m, 1h', readLength)
    .option('--json', 'print a summary as JSON at the end; the log goes to standard error')
    .option('--duplicates <chance>', 'deliver fires twice with this chance, as EventBridge may: 0 to 1', readChance)
    .option(
      '--drop <schedule>=<count>',
      'do not deliver the next so many due times of a schedule; may be given several times',
      readDrop,
    )
    .option('--fresh', 'forget all local records, messages and marks first')
    .option('--stage <stage>', 'the stage to synthesize', readStage, DEFAULT_STAGE)
    .action(async (options: StartOptions) => {
      isolateFromAws(process.env);
      const { start } = await import('./commands/start.ts');
      await start(options);
      onExit(EXIT.done);
    });
  program
    .command('run')
    .description('run one job now, down the same path as a scheduled run, and print its record')
    .argument('<job>', 'the name of its file in functions/')
    .option('--input <json>', "the job's input", readJson)
    .option('--json', 'print the record as JSON')
    .option('--stage <stage>', 'the stage to synthesize, where no cloud runs yet', readStage, DEFAULT_STAGE)
    .action(async (job: string, options: RunOptions) => {
      isolateFromAws(process.env);
      const { run } = await import('./commands/run.ts');
      onExit(await run(job, options));
    });
  program
    .command('show')
    .description('print the record of a run')
    .argument('<run>', 'a run id, as alerts and the log give it')
    .option('--json', 'print the record as JSON')
    .option('--stage <stage>', 'read the table of this stage on AWS, with the credentials of the shell', readStage)
    .option('--endpoint <url>', 'read it on an emulator instead', readEndpoint)
    .option('--region <region>', `where the table is; on an emulator ${DEFAULT_REGION} unless given`)
    .addHelpText(
      'after',
      '\nExit codes: 0 printed; 1 there is no such record; 2 wrong usage; 3 not reachable or not permitted.',
    )
    .action(async (runId: string, options: ShowOptions) => {
      if (options.stage === undefined || options.endpoint !== undefined) isolateFromAws(process.env);
      const { show } = await import('./commands/show.ts');
      onExit(await show(runId, options));
    });
  addTick(program, onExit);
  addImport(program, onExit);
  addNext(program, onExit);
  addSimulate(program, onExit);
  return program;
}

function addTick(program: Command, onExit: (code: number) => void): void {
  program
    .command('tick')
    .description('fire the schedules of an emulator that only stores them, such as LocalStack, until Ctrl-C')
    .addOption(endpointOption('where the emulator listens'))
    .option('--region <region>', 'where its schedules and queues are', DEFAULT_REGION)
    .option('--stage <stage>', 'the stage whose schedules to fire', readStage, DEFAULT_STAGE)
    .option('--for <length>', 'end by itself after 30s, 2m, 1h', readLength)
    .action(async (options: TickOptions) => {
      isolateFromAws(process.env);
      const { tick } = await import('./commands/tick.ts');
      await tick(options);
      onExit(EXIT.done);
    });
}

/** Runs the command; what goes wrong is said in a sentence where it was foreseen, with its stack where not. */
async function main(): Promise<void> {
  const setExitCode = (code: number): void => {
    process.exitCode = code;
  };
  // A reader may go before the end, as `head` does: there is nobody to tell, and all the more to clear up.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  try {
    await createProgram(setExitCode).parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) return setExitCode(error.exitCode === 0 ? EXIT.done : EXIT.usage);
    if (error instanceof CommandError) return fail(error.message, error.exitCode);
    // What the app printed, as it printed it: its carets point into its own lines.
    if (error instanceof SynthesisError) return fail(`the app does not synthesize:\n\n${error.message}`, EXIT.usage);
    if (error instanceof BelfryError) return fail(error.message, EXIT.unavailable);
    fail(error instanceof Error ? (error.stack ?? error.message) : String(error), EXIT.unavailable);
  }

  function fail(message: string, code: number): void {
    process.stderr.write(`belfry: ${message}\n`);
    setExitCode(code);
  }
}

/** A child that a job has left behind may hold a pipe to us: what it does must not keep a command from ending. */
async function end(): Promise<void> {
  const flush = (stream: NodeJS.WriteStream) => new Promise<void>((resolve) => stream.write('', () => resolve()));
  await Promise.all([process.stdout, process.stderr].map(flush));
  process.exit();
}

await main();
await end();
