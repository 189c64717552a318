import { CommandError, EXIT } from '../../../lib/cli/shared/exit-codes.ts';
import { Cloud } from './cloud.ts';
import type { Target } from './target.ts';

/** @throws CommandError when a cloud does not run the suite's app in the target's stage */
export async function requireSuiteApp(target: Target): Promise<void> {
  const cloud = new Cloud(target);
  try {
    await cloud.queueUrl('probe-due');
  } catch (cause) {
    const reason = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    throw new CommandError(
      `the suite's app is not at ${target.title} (${reason}). Its jobs are those of test/cloud/functions: npm run test:cloud -- --serve runs them on the embedded cloud, --deploy <endpoint> brings them to any other`,
      EXIT.unavailable,
      { cause },
    );
  }
}
