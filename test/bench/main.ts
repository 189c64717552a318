import { Command } from 'commander';
import { describeMachine, type Measure } from './figures.ts';
import { bundle } from './measures/bundle.ts';
import { nextDue } from './measures/next-due.ts';
import { start } from './measures/start.ts';
import { storeCalls } from './measures/store-calls.ts';
import { synth } from './measures/synth.ts';
import { wrapper } from './measures/wrapper.ts';
import { formatMachine, formatMeasured } from './report.ts';

/**
 * `npm run bench`: what Belfry costs, each figure beside what the same costs without it, measured in turn in one run.
 * Where the load is more than about 1, others were at work: the ratio still means something, the time little.
 *
 * It reports and does not judge: exit code 1 means that something could not be measured. What must hold is asserted
 * in `test/budget`, in counts and bytes, which are the same on every machine.
 */
const MEASURES: readonly Measure[] = [storeCalls, wrapper, nextDue, bundle, synth, start];

async function bench(names: readonly string[], { json = false }: { json?: boolean }): Promise<void> {
  const chosen = names.length === 0 ? MEASURES : MEASURES.filter(({ name }) => names.includes(name));
  const machine = describeMachine();
  const print = (text: string): unknown => (json ? process.stderr : process.stdout).write(`${text}\n`);
  print(`${formatMachine(machine)}\n`);

  const measures: Record<string, unknown> = {};
  for (const { name, title, measure } of chosen) {
    try {
      const measured = await measure();
      const { load } = describeMachine();
      measures[name] = { ...measured, load };
      print(formatMeasured(`${title} (load ${load.toFixed(1)})`, measured));
    } catch (error) {
      process.exitCode = 1;
      process.stderr.write(`${name} could not be measured: ${error instanceof Error ? error.stack : error}\n\n`);
    }
  }
  if (json) process.stdout.write(`${JSON.stringify({ v: 1, machine, measures })}\n`);
}

// The SDK says on every start that releases from 2027 on need Node 22; CONTRIBUTING says it once.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

const known = MEASURES.map(({ name }) => name);
const program = new Command('npm run bench --')
  .description('Measures what Belfry costs, beside what the same costs without it')
  .argument('[names...]', `what to measure: ${known.join(', ')}`)
  .option('--json', 'print the figures as JSON; the tables go to standard error');
program.action(async (names: string[], options: { json?: boolean }) => {
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) program.error(`unknown: ${unknown.join(', ')}; there are: ${known.join(', ')}`);
  await bench(names, options);
});
await program.parseAsync();
