import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { WrapperCosts } from '../children/wrapper.ts';
import { type Measure, sampleOf } from '../figures.ts';

const CHILD = join(import.meta.dirname, '../children/wrapper.ts');
const PROCESSES = 5;

export const wrapper: Measure = {
  name: 'wrapper',
  title: 'CPU time a run, of an empty job under a lock over stores in memory',
  async measure() {
    const costs: WrapperCosts[] = [];
    for (let n = 0; n < PROCESSES; n++) costs.push(await measureInProcess());
    const bare = { what: "the job's function alone", sample: sampleOf(costs.flatMap((each) => each.bare)) };
    return {
      rows: [
        {
          what: 'a run',
          unit: 'ms',
          belfry: sampleOf(costs.flatMap(({ warm }) => warm)),
          baseline: bare,
          budget: 0.5,
        },
        { what: 'the first run of a process', unit: 'ms', belfry: sampleOf(costs.map(({ first }) => first)) },
      ],
      notes: ["With its log lines and metrics, through Powertools' idempotency; without the SDK and the network."],
    };
  },
};

/** Standard output is thrown away: a run writes its log there. */
async function measureInProcess(): Promise<WrapperCosts> {
  const child = fork(CHILD, {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { PATH: process.env['PATH'], AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  });
  const answer = once(child, 'message');
  const end = once(child, 'exit').then(([code]) => Promise.reject(new Error(`the process ended with code ${code}`)));
  const [costs] = await Promise.race([answer, end]);
  return costs as WrapperCosts;
}
