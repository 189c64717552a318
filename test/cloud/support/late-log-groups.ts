import {
  CloudWatchLogsClient,
  DeleteLogGroupCommand,
  paginateDescribeLogGroups,
} from '@aws-sdk/client-cloudwatch-logs';
import { clientConfig, type Target } from './target.ts';

/**
 * Deletes from an emulator the log groups that functions have made again while their stack was deleted: a run of the watchdog may be going on.
 * On AWS their roles keep them from it, but emulators look at no role. A group that is older was left by CloudFormation, and
 * stays to be found.
 *
 * @param prefix what the functions' names begin with
 * @param since when the deletion began, in milliseconds
 */
export async function deleteLateLogGroups(target: Target, prefix: string, since: number): Promise<void> {
  if (target.endpoint === undefined) return;
  const client = new CloudWatchLogsClient(clientConfig(target));
  const logGroupNamePrefix = `/aws/lambda/${prefix}-`;
  for await (const { logGroups = [] } of paginateDescribeLogGroups({ client }, { logGroupNamePrefix })) {
    const late = logGroups.filter(({ creationTime = 0 }) => creationTime >= since);
    for (const { logGroupName } of late) await client.send(new DeleteLogGroupCommand({ logGroupName }));
  }
}
