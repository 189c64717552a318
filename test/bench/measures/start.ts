import { BelfryCommand } from '../../process/support/belfry-command.ts';
import { Project } from '../../process/support/project.ts';
import { type Measure, type Measured, sampleOf } from '../figures.ts';

const ROUNDS = 3;
const BUDGET = 10_000;

export const start: Measure = {
  name: 'start',
  title: 'npm start, to the first completed run',
  async measure(): Promise<Measured> {
    const [fresh, again, nothing]: [number[], number[], number[]] = [[], [], []];
    for (let round = 0; round < ROUNDS; round++) {
      const project = await Project.create();
      try {
        await addScriptThatDoesNothing(project);
        nothing.push(await runNothing(project));
        fresh.push(await startUntilCompleted(project));
        nothing.push(await runNothing(project));
        again.push(await startUntilCompleted(project));
      } finally {
        await project.remove();
      }
    }
    const baseline = { what: 'npm running `node -e 0`', sample: sampleOf(nothing) };
    return {
      rows: [
        { what: 'in a new checkout', unit: 'ms', belfry: sampleOf(fresh), baseline, budget: BUDGET },
        { what: 'once more', unit: 'ms', belfry: sampleOf(again), baseline, budget: BUDGET },
      ],
      notes: ['In copies of the project, the new ones without any cache of compiled files. Read off to 50 ms.'],
    };
  },
};

const NOTHING = 'nothing';

async function addScriptThatDoesNothing(project: Project): Promise<void> {
  const settings = JSON.parse(await project.read('package.json')) as { scripts: Record<string, string> };
  settings.scripts[NOTHING] = 'node -e 0';
  await project.write('package.json', JSON.stringify(settings));
}

async function runNothing(project: Project): Promise<number> {
  const environment = { HOME: project.home, TMPDIR: project.temporary };
  const startedAt = performance.now();
  const { code } = await new BelfryCommand(['npm', 'run', '--silent', NOTHING], {
    directory: project.directory,
    environment,
  }).ended;
  if (code !== 0) throw new Error(`npm run ${NOTHING} ended with code ${code}`);
  return performance.now() - startedAt;
}

async function startUntilCompleted(project: Project): Promise<number> {
  const startedAt = performance.now();
  const command = project.npmStart();
  await command.prints(/completed +heartbeat/);
  const took = performance.now() - startedAt;
  command.interrupt();
  await command.end();
  return took;
}
