import { WITHOUT_NODE_WARNING } from '../../environment.ts';
import { withoutAwsSettings } from '../../local/sdk-variables.ts';

/**
 * Makes sure that nothing this machine knows of AWS reaches a command that stays on this machine: no
 * credentials, no profile, no endpoint, no region. The SDK's clients read such settings from the
 * environment and from files in the home folder, even where a client is given its own.
 */
export function isolateFromAws(variables: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(variables)) if (name.startsWith('AWS_')) delete variables[name];
  Object.assign(variables, withoutAwsSettings(import.meta.dirname), WITHOUT_NODE_WARNING);
}
