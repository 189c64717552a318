import { join } from 'node:path';

/**
 * Makes sure that nothing this machine knows of AWS reaches a command that stays on this machine: no
 * credentials, no profile, no endpoint, no region. The SDK's clients read such settings from the
 * environment and from files in the home folder, even where a client is given its own.
 */
export function isolateFromAws(variables: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(variables)) if (name.startsWith('AWS_')) delete variables[name];
  const noFile = join(import.meta.dirname, '.no-aws-config');
  variables['AWS_CONFIG_FILE'] = noFile;
  variables['AWS_SHARED_CREDENTIALS_FILE'] = noFile;
  variables['AWS_EC2_METADATA_DISABLED'] = 'true';
  // Said once in CONTRIBUTING, and not at every start.
  variables['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
}
