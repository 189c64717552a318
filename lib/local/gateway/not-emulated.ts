import type { Fault } from './protocol.ts';

/** Services whose endpoint variable is named otherwise than they sign. All others: upper case, `_` for `-`. */
const endpointNames: ReadonlyMap<string, string> = new Map([
  ['bedrock', 'BEDROCK_RUNTIME'],
  ['cognito-idp', 'COGNITO_IDENTITY_PROVIDER'],
  ['ecr', 'ECR'],
  ['elasticfilesystem', 'EFS'],
  ['email', 'SES'],
  ['es', 'OPENSEARCH'],
  ['events', 'EVENTBRIDGE'],
  ['logs', 'CLOUDWATCH_LOGS'],
  ['monitoring', 'CLOUDWATCH'],
  ['secretsmanager', 'SECRETS_MANAGER'],
  ['ses', 'SESV2'],
  ['states', 'SFN'],
]);

/**
 * The answer to a request for a service that the embedded cloud does not have.
 *
 * Status 400 and a code of its own, because SDKs retry 5xx and throttling codes: the job would hang for its
 * retries and then report something else than this message.
 */
export function notEmulated(service: string): Fault {
  const name = endpointNames.get(service) ?? service.toUpperCase().replace(/[^A-Z0-9]/g, '_');
  const variable = `AWS_ENDPOINT_URL_${name}`;
  const endpoint = `Set ${variable} in .belfry.env to a fake or a real one, e.g. ${variable}=http://127.0.0.1:9000`;
  const value = 'Give the secret its value in .belfry.env, under the name that the job asks for: NAME=value. ';
  const cure = service === 'secretsmanager' ? `${value}Or: ${endpoint}` : endpoint;
  return {
    status: 400,
    code: 'ServiceNotEmulated',
    message: `Belfry's embedded cloud has no ${service}. ${cure}`,
  };
}
