import { stripVTControlCharacters } from 'node:util';
import type { Reporter, SerializedError, TestCase, TestModule } from 'vitest/node';

/** What became of a check. */
export interface CheckResult {
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'not supported';
  /** Of a check that was not made: why; of one that failed: how. */
  readonly reason?: string;
  readonly seconds: number;
  readonly observed: Readonly<Record<string, string>>;
}

/** Tells of each check as it ends. */
export class CheckReporter implements Reporter {
  /** What went wrong outside of checks. */
  readonly errors: string[] = [];
  readonly #onResult: (result: CheckResult) => void;

  constructor(onResult: (result: CheckResult) => void) {
    this.#onResult = onResult;
  }

  onTestCaseResult(test: TestCase): void {
    const result = test.result();
    // Filtered out by name.
    if (result.state === 'pending' || (result.state === 'skipped' && result.note === undefined)) return;
    this.#onResult({
      name: test.name,
      seconds: (test.diagnostic()?.duration ?? 0) / 1000,
      observed: test.meta().observed ?? {},
      ...outcomeOf(result),
    });
  }

  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const errors = [...modules.flatMap((module) => module.errors()), ...unhandled];
    this.errors.push(...errors.map(({ stack, message }) => stack ?? message));
  }
}

function outcomeOf(result: ReturnType<TestCase['result']>): Pick<CheckResult, 'outcome' | 'reason'> {
  if (result.state === 'passed') return { outcome: 'passed' };
  if (result.state === 'skipped') return { outcome: 'not supported', reason: result.note ?? '' };
  const reasons = (result.errors ?? []).map((error) => [...causesOf(error), error.diff ?? ''].join('\n').trim());
  return { outcome: 'failed', reason: stripVTControlCharacters(reasons.join('\n')) };
}

/** What an error says, and what was behind it: a check that waits in vain tells there what it met. */
function causesOf({ name, message, cause }: SerializedError): readonly string[] {
  const own = `${name}: ${message}`;
  return cause === undefined ? [own] : [own, ...causesOf(cause as SerializedError).map((text) => `because of ${text}`)];
}
