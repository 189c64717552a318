import { writeFile } from 'node:fs/promises';
import { openTerminal } from '../../../lib/cli/shared/terminal.ts';
import type { CheckResult } from './check-reporter.ts';

export type Counts = Readonly<Record<CheckResult['outcome'], number>>;

export interface Step {
  readonly name: string;
  /** Why it cannot be supported, if so. */
  readonly limit?: string | undefined;
}

/** Tells people of checks as they end, and keeps what became of them for the end. */
export class Report {
  readonly #terminal = openTerminal({ isForMachine: false });
  readonly #results: CheckResult[] = [];
  #target = '';

  say(text: string): void {
    this.#terminal.say(text);
  }

  /** Says what is checked, before the first check. */
  introduce(target: string): void {
    this.#target = target;
    this.say(`${target}\n`);
  }

  readonly add = (result: CheckResult): void => {
    this.#results.push(result);
    const { colors } = this.#terminal;
    const color = { passed: colors.green, failed: colors.red, 'not supported': colors.yellow }[result.outcome];
    this.say(`${color(result.outcome.padEnd(14))} ${result.name} ${colors.dim(`(${result.seconds.toFixed(1)} s)`)}`);
    if (result.reason !== undefined) this.say(result.reason.replaceAll(/^/gm, ' '.repeat(15)));
  };

  /** Makes a step of the suite itself a check, unless it cannot be supported. @returns whether it passed */
  async step({ name, limit }: Step, perform: () => Promise<void>): Promise<boolean> {
    const startedAt = performance.now();
    const result =
      limit === undefined ? await outcomeOf(perform) : ({ outcome: 'not supported', reason: limit } as const);
    this.add({ name, ...result, seconds: (performance.now() - startedAt) / 1000, observed: {} });
    return result.outcome === 'passed';
  }

  get counts(): Counts {
    const count = (outcome: CheckResult['outcome']) => this.#results.filter((each) => each.outcome === outcome).length;
    return { passed: count('passed'), failed: count('failed'), 'not supported': count('not supported') };
  }

  /** What was seen of AWS that its documentation does not say. */
  get observed(): Readonly<Record<string, string>> {
    return Object.assign({}, ...this.#results.map(({ observed }) => observed));
  }

  /** Prints what was observed and, as the last line, the counts. */
  close(): void {
    const observed = Object.entries(this.observed);
    if (observed.length > 0) this.say('\nObserved, where the documents of AWS say nothing:');
    for (const [what, seen] of observed) this.say(`  ${what}: ${seen}`);
    const { passed, failed, 'not supported': unsupported } = this.counts;
    this.say(`\n${passed} passed, ${failed} failed, ${unsupported} not supported`);
  }

  /** Writes everything as JSON: `{ v: 1, target, counts, results, observed }`. */
  async write(path: string): Promise<void> {
    const { counts, observed } = this;
    const content = { v: 1, target: this.#target, counts, results: this.#results, observed };
    await writeFile(path, `${JSON.stringify(content, undefined, 2)}\n`);
  }
}

async function outcomeOf(perform: () => Promise<void>): Promise<Pick<CheckResult, 'outcome' | 'reason'>> {
  try {
    await perform();
    return { outcome: 'passed' };
  } catch (error) {
    return { outcome: 'failed', reason: error instanceof Error ? error.message : String(error) };
  }
}
