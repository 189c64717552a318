import { join } from 'node:path';
import { createVitest } from 'vitest/node';
import type { Phase } from './check-names.ts';
import { CheckReporter, type CheckResult } from './check-reporter.ts';
import type { Target } from './target.ts';

/** What the process is told to do, in one message. */
export interface ChecksOrder {
  readonly target: Target;
  readonly phase: Phase;
  /** Part of the names of the checks to make. @default all */
  readonly only?: string | undefined;
}

/** What it tells: each check as it ends, and at the end what went wrong outside of checks. */
export type ChecksNews = { readonly result: CheckResult } | { readonly errors: readonly string[] };

const REPOSITORY = join(import.meta.dirname, '../../..');

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Makes the checks of a phase, at once as far as they allow. @returns what went wrong outside of them */
async function makeChecks({ target, phase, only }: ChecksOrder, tell: (news: ChecksNews) => void) {
  const reporter = new CheckReporter((result) => tell({ result }));
  const vitest = await createVitest('test', {
    root: REPOSITORY,
    config: join(REPOSITORY, 'test/cloud/vitest.config.ts'),
    watch: false,
    reporters: [reporter],
    provide: { target },
    ...(only === undefined ? {} : { testNamePattern: new RegExp(escaped(only), 'i') }),
  });
  try {
    const specifications = (await vitest.globTestSpecifications()).filter(({ moduleId }) =>
      moduleId.includes(`/test/cloud/${phase}/`),
    );
    if (specifications.length === 0) return [`there are no checks in test/cloud/${phase}`];
    await vitest.runTestSpecifications(specifications);
  } finally {
    await vitest.close();
  }
  return reporter.errors;
}

process.once('message', (order: ChecksOrder) => {
  const tell = (news: ChecksNews): unknown => process.send?.(news);
  void makeChecks(order, tell)
    .catch((error: unknown) => [error instanceof Error ? (error.stack ?? error.message) : String(error)])
    .then((errors) => process.send?.({ errors }, () => process.exit()));
});
