import type { Command } from 'commander';
import { Option } from 'commander';
import type { EpochMs } from '../../units.ts';
import { refuseIdle } from '../shared/option-rules.ts';
import { readCount, readInstant } from '../shared/options.ts';
import { readGroup, readTimezone } from './options.ts';

interface CrontabOptions {
  readonly timezone?: string;
  readonly system?: boolean;
  readonly user?: boolean;
  readonly ignoreCronTz?: boolean;
  readonly group: string;
  readonly dryRun?: boolean;
  readonly compare?: boolean;
  readonly count?: number;
  readonly from?: EpochMs;
}

interface ManifestOptions {
  readonly timezone?: string;
  readonly group: string;
  readonly dryRun?: boolean;
}

const EXIT_CODES = `
Exit codes: 0 everything was understood; 1 some lines were not, and the rest is imported; 2 wrong usage, or a file that
cannot be read.`;

/** `belfry import crontab` and `belfry import k8s`: job files and schedule entries out of what ran elsewhere. */
export function addImport(program: Command, onExit: (code: number) => void): void {
  const importing = program
    .command('import')
    .description('make job files and schedule entries, all disabled, out of a crontab or of CronJobs of Kubernetes')
    .addHelpText('after', EXIT_CODES);
  const group = () =>
    new Option('--group <folder>', 'put the job files into this folder of functions/')
      .argParser(readGroup)
      .default('', 'functions/ itself');
  const crontab = importing
    .command('crontab')
    .description('import the lines of a crontab, or compare their due times with what was imported')
    .argument('<file>', 'the output of crontab -l, /etc/crontab, or a file of /etc/cron.d')
    .option('--timezone <zone>', "the zone of the crontab's host, such as Europe/Stockholm", readTimezone)
    .option('--ignore-cron-tz', 'read every line in the zone of --timezone, as the cron of Debian and Ubuntu does')
    .addOption(new Option('--system', 'a user stands between time and command').conflicts('user'))
    .option('--user', 'no user stands there')
    .addOption(group())
    .option('--dry-run', 'print what would be written, and write nothing')
    .addOption(
      new Option('--compare', "print the next due times by cron and by Belfry's entries").conflicts([
        'dryRun',
        'group',
      ]),
    )
    .option('--count <n>', 'how many due times to compare (default: 5)', readCount)
    .option('--from <instant>', 'compare from here on instead of from now, e.g. 2027-03-28T00:00Z', readInstant)
    .addHelpText('after', EXIT_CODES)
    .action(async (file: string, { system, user, ...options }: CrontabOptions) => {
      const form = system === true ? 'system' : user === true ? 'user' : undefined;
      const { compareCrontab, importCrontab } = await import('./import-crontab.ts');
      const act = options.compare === true ? compareCrontab : importCrontab;
      onExit(await act(file, { ...options, form }));
    });
  refuseIdle(crontab, [
    { option: '--count', goesWith: ['--compare'] },
    { option: '--from', goesWith: ['--compare'] },
  ]);
  importing
    .command('k8s')
    .description('import the CronJobs of manifests')
    .argument('<path...>', 'files of YAML, and folders, in which every .yaml and .yml is read')
    .option(
      '--timezone <zone>',
      'for CronJobs without spec.timeZone: that of the kube-controller-manager',
      readTimezone,
    )
    .addOption(group())
    .option('--dry-run', 'print what would be written, and write nothing')
    .addHelpText('after', EXIT_CODES)
    .action(async (paths: string[], options: ManifestOptions) => {
      const { importManifests } = await import('./import-manifests.ts');
      onExit(await importManifests(paths, options));
    });
}
