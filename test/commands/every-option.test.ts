import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createProgram } from '../../lib/cli/program.ts';
import { REPOSITORY } from '../fixtures/fixture-app.ts';
import { runHere } from './run-here.ts';

/**
 * Every option of every command is acted on or refused, alone and beside each other one. The options come from the
 * declarations: a new one fails here until it has its evidence.
 */

/** What shows that an option is acted on. */
type Evidence =
  /** The same command line prints something else with it. */
  | { readonly besides: readonly string[]; readonly given: readonly string[] }
  /** It is refused, and this names it. */
  | { readonly refused: readonly string[]; readonly message: string }
  /** A test of the command as a process shows it. */
  | { readonly shownIn: string; readonly title: string };

const NOWHERE = ['--endpoint', 'http://127.0.0.1:9'];
const RUN = 'nightly/2027-03-02T02:00Z/nightly';
const CRON = ['next', '--cron', '30 2 * * *', '--from', '2027-03-01T00:00Z'];
const CRONTAB = ['import', 'crontab', 'crontab', '--timezone', 'Europe/Stockholm'];
const AMBIGUOUS = ['import', 'crontab', 'ambiguous', '--timezone', 'UTC'];
const K8S = ['import', 'k8s', 'job.yaml', '--timezone', 'UTC', '--dry-run'];
const EVERY_OPTION = 'test/process/every-option.test.ts';
const EACH_COMMAND = 'test/commands/each-command.test.ts';

const EVIDENCE: Readonly<Record<string, Evidence>> = {
  'start --for': { shownIn: EVERY_OPTION, title: 'start acts on --for, --json, --stage and --port' },
  'start --json': { shownIn: EVERY_OPTION, title: 'start acts on --for, --json, --stage and --port' },
  'start --stage': { shownIn: EVERY_OPTION, title: 'start acts on --for, --json, --stage and --port' },
  'start --port': { shownIn: EVERY_OPTION, title: 'start acts on --for, --json, --stage and --port' },
  'start --fresh': { shownIn: EVERY_OPTION, title: 'start acts on --fresh: what was recorded before is gone' },
  'start --duplicates': { shownIn: EVERY_OPTION, title: 'start acts on --duplicates and --drop' },
  'start --drop': { shownIn: EVERY_OPTION, title: 'start acts on --duplicates and --drop' },
  'run --input': { shownIn: EACH_COMMAND, title: 'run prints the record of a completed run, show the same again' },
  'run --json': { shownIn: EVERY_OPTION, title: 'run and show act on --json' },
  'run --stage': { refused: ['run', 'nightly', '--stage', 'prod'], message: 'leave out --stage' },
  'show --json': { shownIn: EVERY_OPTION, title: 'run and show act on --json' },
  'show --stage': { besides: ['show', RUN, ...NOWHERE], given: ['--stage', 'prod'] },
  'show --endpoint': { besides: ['show', RUN, '--endpoint', 'http://127.0.0.1:7'], given: NOWHERE },
  'show --region': { besides: ['show', RUN, ...NOWHERE], given: ['--region', 'eu-north-1'] },
  'show --app': { besides: ['show', RUN, ...NOWHERE], given: ['--app', 'other'] },
  'tick --endpoint': { besides: ['tick', '--endpoint', 'http://127.0.0.1:7'], given: NOWHERE },
  'tick --region': { shownIn: EVERY_OPTION, title: 'tick acts on --region, --stage and --app' },
  'tick --stage': { shownIn: EVERY_OPTION, title: 'tick acts on --region, --stage and --app' },
  'tick --app': { shownIn: EVERY_OPTION, title: 'tick acts on --region, --stage and --app' },
  'tick --for': {
    shownIn: EACH_COMMAND,
    title: 'tick --for ends by itself, and calls the endpoint as nobody whom a file or a profile knows',
  },
  'next --cron': { besides: CRON, given: ['--cron', '0 9 * * *'] },
  'next --every': {
    besides: ['next', '--every', '1 hour', '--from', '2027-03-01T00:00Z'],
    given: ['--every', '1 day'],
  },
  'next --at': { besides: ['next', '--at', '2030-01-01T00:00'], given: ['--at', '2031-01-01T00:00'] },
  'next --timezone': { besides: CRON, given: ['--timezone', 'Europe/Stockholm'] },
  'next --from': { besides: CRON, given: ['--from', '2028-01-01T00:00Z'] },
  'next --count': { besides: CRON, given: ['--count', '2'] },
  'next --json': { besides: CRON, given: ['--json'] },
  'next --stage': { shownIn: EVERY_OPTION, title: 'next and simulate act on the options that need the app' },
  'next --endpoint': { shownIn: EVERY_OPTION, title: 'next and simulate act on the options that need the app' },
  'next --region': { shownIn: EVERY_OPTION, title: 'next and simulate act on the options that need the app' },
  'next --app': { shownIn: EVERY_OPTION, title: 'next and simulate act on the options that need the app' },
  'simulate --from': { shownIn: EVERY_OPTION, title: 'next and simulate act on the options that need the app' },
  'simulate --to': { shownIn: EVERY_OPTION, title: 'next and simulate act on the options that need the app' },
  'simulate --timezone': { shownIn: EVERY_OPTION, title: 'next and simulate act on the options that need the app' },
  'simulate --all': { shownIn: EVERY_OPTION, title: 'next and simulate act on the options that need the app' },
  'simulate --timeouts': { shownIn: EVERY_OPTION, title: 'next and simulate act on the options that need the app' },
  'simulate --stage': { shownIn: EVERY_OPTION, title: 'next and simulate act on the options that need the app' },
  'simulate --endpoint': { shownIn: EVERY_OPTION, title: 'next and simulate act on the options that need the app' },
  'simulate --region': { shownIn: EVERY_OPTION, title: 'next and simulate act on the options that need the app' },
  'simulate --app': { shownIn: EVERY_OPTION, title: 'next and simulate act on the options that need the app' },
  'simulate --json': { shownIn: EVERY_OPTION, title: 'next and simulate act on the options that need the app' },
  'import crontab --timezone': { besides: [...CRONTAB, '--dry-run'], given: ['--timezone', 'Asia/Tokyo'] },
  'import crontab --ignore-cron-tz': { besides: [...CRONTAB, '--dry-run'], given: ['--ignore-cron-tz'] },
  'import crontab --system': { besides: [...AMBIGUOUS, '--dry-run'], given: ['--system'] },
  'import crontab --user': {
    besides: ['import', 'crontab', 'system', '--timezone', 'UTC', '--dry-run'],
    given: ['--user'],
  },
  'import crontab --group': { besides: [...CRONTAB, '--dry-run'], given: ['--group', 'moved'] },
  'import crontab --dry-run': { besides: [...CRONTAB, '--group', 'written'], given: ['--dry-run'] },
  'import crontab --compare': { besides: [...CRONTAB, '--from', '2027-03-01T00:00Z'], given: ['--compare'] },
  'import crontab --count': { besides: [...CRONTAB, '--compare'], given: ['--count', '2'] },
  'import crontab --from': { besides: [...CRONTAB, '--compare'], given: ['--from', '2028-01-01T00:00Z'] },
  'import k8s --timezone': { besides: K8S, given: ['--timezone', 'Asia/Tokyo'] },
  'import k8s --group': { besides: K8S, given: ['--group', 'moved'] },
  'import k8s --dry-run': { besides: K8S.slice(0, -1), given: ['--dry-run'] },
};

/** Every option that is declared, as `import crontab --count`. */
function declared(command: Command, path: readonly string[] = []): readonly string[] {
  const own = command.options.map(({ long }) => [...path, long].join(' '));
  return [...own, ...command.commands.flatMap((each) => declared(each, [...path, each.name()]))];
}

const PROJECT: Readonly<Record<string, string>> = {
  'cdk.json': '{ "app": "false", "context": { "app": "shop" } }',
  'infra/schedules.ts': "import type { Schedules } from 'belfry';\n\nexport const schedules: Schedules = {};\n",
  crontab: '0 3 * * * /opt/first\nCRON_TZ=America/New_York\n30 4 * * 1 /opt/second --all\n',
  ambiguous: '0 3 * * * root /opt/first\n',
  system: '0 3 * * * root /opt/first\n5 4 * * * www-data /opt/second\n',
  'job.yaml':
    'apiVersion: batch/v1\nkind: CronJob\nmetadata: { name: hello }\nspec:\n  schedule: "0 3 * * *"\n  jobTemplate: { spec: { template: { spec: { containers: [{ name: a, image: b, command: [ls] }] } } } }\n',
};

const before = process.cwd();
let directory = '';

function reset(): void {
  process.chdir(before);
  if (directory !== '') rmSync(directory, { recursive: true });
  directory = mkdtempSync(join(tmpdir(), 'belfry-options-'));
  mkdirSync(join(directory, 'infra'));
  for (const [name, text] of Object.entries(PROJECT)) writeFileSync(join(directory, name), text);
  process.chdir(directory);
}

beforeAll(() => {
  // Of npm, by which the commands find files that are named to them.
  delete process.env['INIT_CWD'];
});
afterAll(() => {
  process.chdir(before);
  rmSync(directory, { recursive: true });
});

/** In a new project; what the command has written there counts as its output. */
async function runFresh(args: readonly string[]) {
  reset();
  const { code, output } = await runHere(args);
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort();
  return { code, output: [output, ...files].join('\n') };
}

test('every option that is declared has its evidence here, and nothing else has', () => {
  expect(Object.keys(EVIDENCE).sort()).toEqual(declared(createProgram(() => {})).toSorted());
});

describe('an option is acted on or refused', () => {
  test.each(Object.entries(EVIDENCE))('%s', async (option, evidence) => {
    if ('shownIn' in evidence) {
      const text = await readFile(join(REPOSITORY, evidence.shownIn), 'utf8');
      expect(text).toContain(`'${evidence.title}'`);
      expect(evidence.shownIn === EVERY_OPTION ? text : option).toContain(option.split(' ').at(-1));
      return;
    }
    if ('refused' in evidence) {
      const { code, output } = await runFresh(evidence.refused);
      expect({ code, output }).toEqual({ code: 2, output: expect.stringContaining(evidence.message) });
      return;
    }
    const without = await runFresh(evidence.besides);
    const acted = await runFresh([...evidence.besides, ...evidence.given]);
    expect(acted.output).not.toBe(without.output);
    expect(acted.code).not.toBe(2);
  });
});

/** Commands that start nothing, with what each of their options may be given beside the others. */
const PAIRS: readonly { readonly base: readonly string[]; readonly options: readonly (readonly string[])[] }[] = [
  {
    base: CRON,
    options: [
      ['--every', '1 day'],
      ['--at', '2030-01-01T00:00'],
      ['--timezone', 'Europe/Stockholm'],
      ['--from', '2028-01-01T00:00Z'],
      ['--count', '2'],
      ['--json'],
      ['--stage', 'prod'],
      NOWHERE,
      ['--region', 'eu-north-1'],
      ['--app', 'other'],
    ],
  },
  {
    base: ['next', '--every', '1 day', '--from', '2027-03-01T00:00Z'],
    options: [['--timezone', 'Europe/Stockholm'], ['--count', '2'], ['--json'], ['--from', '2028-01-01T00:00Z']],
  },
  {
    base: CRONTAB,
    options: [
      ['--timezone', 'Asia/Tokyo'],
      ['--ignore-cron-tz'],
      ['--group', 'moved'],
      ['--dry-run'],
      ['--compare'],
      ['--count', '2'],
      ['--from', '2028-01-01T00:00Z'],
    ],
  },
  { base: K8S.slice(0, -1), options: [['--timezone', 'Asia/Tokyo'], ['--group', 'moved'], ['--dry-run']] },
  {
    base: ['show', RUN],
    options: [NOWHERE, ['--stage', 'prod'], ['--region', 'eu-north-1'], ['--app', 'other']],
  },
];

const pairs = PAIRS.flatMap(({ base, options }) =>
  options.flatMap((one, index) =>
    options.slice(index + 1).map((other) => ({ base, one, other, line: [...base, ...one, ...other].join(' ') })),
  ),
);

describe('an option beside another is acted on, or one of the two is refused by name', () => {
  test.each(pairs)('$line', async ({ base, one, other }) => {
    const both = await runFresh([...base, ...one, ...other]);
    if (both.code === 2) {
      const names = [one, other].map(([name = '']) => name.slice(2)).join('|');
      expect(both.output).toMatch(new RegExp(`(${names})|expression`));
      return;
    }
    expect(both.output).not.toBe((await runFresh([...base, ...one])).output);
    expect(both.output).not.toBe((await runFresh([...base, ...other])).output);
  });
});

test.each([
  { args: ['next', '--app', 'other'], says: '--app goes with --region or --endpoint' },
  { args: ['next', '--json', '--region', 'eu-north-1'], says: "cannot be used with option '--json'" },
  { args: ['next', 'nightly', '--region', 'eu-north-1'], says: 'ask about the alerts of all: leave out nightly' },
  { args: ['next', '--every', '1 day', ...NOWHERE], says: "cannot be used with option '--every <interval>'" },
  { args: ['simulate', '--region', 'eu-north-1'], says: '--region goes with --stage or --endpoint' },
  { args: ['simulate', '--app', 'other'], says: '--app goes with --stage or --endpoint' },
  { args: ['show', RUN, '--app', 'other'], says: '--app goes with --stage or --endpoint' },
  { args: ['simulate', '--timeouts', ...NOWHERE], says: "'--timeouts' cannot be used with option '--endpoint <url>'" },
  {
    args: ['simulate', '--timeouts', '--stage', 'prod', '--app', 'other'],
    says: "'--timeouts' cannot be used with option '--app <app>'",
  },
  { args: [...CRONTAB, '--count', '2'], says: '--count goes with --compare' },
  { args: [...CRONTAB, '--from', '2027-01-01T00:00Z'], says: '--from goes with --compare' },
  { args: [...CRONTAB, '--compare', '--group', 'moved'], says: "'--compare' cannot be used with option '--group" },
  { args: [...CRONTAB, '--user', '--system'], says: "'--system' cannot be used with option '--user'" },
  { args: ['run', 'nightly', '--stage', 'dev'], says: 'belfry start --stage dev, and belfry run beside it' },
])('what a command would not act on is refused, with what it goes with: $args', async ({ args, says }) => {
  const { code, output } = await runFresh(args);

  expect({ code, output }).toEqual({ code: 2, output: expect.stringContaining(says) });
});
