import { WITHOUT_NODE_WARNING } from '../../lib/environment.ts';
import { withoutAwsSettings } from '../../lib/local/sdk-variables.ts';

/**
 * What tests have in their environment, for a configuration of Vitest. Takes the settings of AWS that the shell has out of
 * this process first, whose workers would inherit them: a profile comes before the credentials that a test sets.
 */
export function testEnvironment(): Record<string, string> {
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
  return { ...withoutAwsSettings(import.meta.dirname), ...WITHOUT_NODE_WARNING };
}
