import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { Command, CommanderError } from 'commander';
import { EXIT } from '../../lib/cli/shared/exit-codes.ts';
import { UnavailableError } from '../cloud/emulators/emulator.ts';
import { Report } from '../cloud/support/report.ts';
import { checkTemplates, type Templates } from './checks.ts';
import { installLinters } from './linters.ts';
import { synthesizeTemplates, templatesIn } from './synthesize.ts';

interface Options {
  readonly json?: string;
}

/** `npm run test:templates`: what two linters of CloudFormation say of the templates. See CONTRIBUTING.md. */
async function main(): Promise<number> {
  const command = new Command('test:templates')
    .description("lint Belfry's templates, each and all together, in every region of AWS")
    .argument('[folder]', 'of templates (*.template.json) to lint instead')
    .option('--json <file>', 'write the results as JSON, too')
    .exitOverride()
    .parse();
  const { json } = command.opts<Options>();
  const [folder] = command.args;
  const report = new Report();
  const scratch = await realpath(await mkdtemp(join(tmpdir(), 'belfry-templates-')));
  try {
    report.say('installing cfn-lint and cloudformation-validate');
    const linters = await installLinters();
    const files = folder === undefined ? await synthesizeTemplates(scratch) : await templatesIn(resolve(folder));
    if (files.length === 0) throw new Error(`${folder}: there is no *.template.json in it`);
    report.introduce(`${files.length} templates: ${files.map((file) => basename(file, '.template.json')).join(', ')}`);
    const templates: Templates = { files, scratch, areOurs: folder === undefined };
    await checkTemplates(templates, linters, report);
  } catch (error) {
    if (!(error instanceof UnavailableError)) throw error;
    report.say(`not run here: ${error.message}`);
    return EXIT.done;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  if (json !== undefined) {
    await mkdir(dirname(json), { recursive: true });
    await report.write(json);
  }
  report.close();
  return report.counts.failed > 0 ? EXIT.runNotCompleted : EXIT.done;
}

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage;
}
