import { DEFAULT_REGION, EMULATOR_CREDENTIALS } from '../../../lib/cli/shared/connection.ts';

/** What the CDK CLI, and the app that it runs, need to reach an emulator and nothing else. */
export const emulatorVariables = (endpoint: string, region = DEFAULT_REGION): Readonly<Record<string, string>> => ({
  AWS_ENDPOINT_URL: endpoint,
  AWS_REGION: region,
  AWS_DEFAULT_REGION: region,
  AWS_ACCESS_KEY_ID: EMULATOR_CREDENTIALS.accessKeyId,
  AWS_SECRET_ACCESS_KEY: EMULATOR_CREDENTIALS.secretAccessKey,
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
});
