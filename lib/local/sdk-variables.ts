import { join } from 'node:path';

/**
 * Keeps the SDK from what this machine knows of AWS: the files of the home folder, and the metadata of an EC2 instance.
 *
 * @param directory where there is no file `.no-aws-config`
 */
export function withoutAwsSettings(directory: string): Readonly<Record<string, string>> {
  const noFile = join(directory, '.no-aws-config');
  return { AWS_CONFIG_FILE: noFile, AWS_SHARED_CREDENTIALS_FILE: noFile, AWS_EC2_METADATA_DISABLED: 'true' };
}
