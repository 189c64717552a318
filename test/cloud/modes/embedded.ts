import { type SuiteOptions, untilInterrupted } from '../support/suite.ts';
import { SuiteProject } from '../support/suite-project.ts';
import { checkAttached, type LocalOptions } from './deploy.ts';

/** Starts the suite's app on the embedded cloud, as `npm start` does, attaches to it, and ends it. */
export async function checkEmbedded(options: LocalOptions, suite: SuiteOptions): Promise<void> {
  await withEmbedded(options.stage, (endpoint) => checkAttached(endpoint, options, suite));
}

/** The suite's app on the embedded cloud until Ctrl-C, for others to attach to. */
export async function serveEmbedded(stage: string, suite: SuiteOptions): Promise<void> {
  await withEmbedded(stage, (endpoint) =>
    untilInterrupted(`the suite's app runs at ${endpoint}, stage ${stage}`, suite),
  );
}

async function withEmbedded(stage: string, use: (endpoint: string) => Promise<void>): Promise<void> {
  const project = await SuiteProject.create({ stage });
  try {
    const command = project.run(['node', '--import', 'tsx', 'lib/cli/main.ts', 'start', '--stage', stage]);
    const [, endpoint = ''] = await command.prints(/embedded cloud at (http:\/\/127\.0\.0\.1:\d+);/, 60_000);
    await use(endpoint);
    command.interrupt();
    await command.end(60_000);
  } finally {
    await project.remove();
  }
}
