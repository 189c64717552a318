import { FULL_ERRORS_VARIABLE } from '../../../environment.ts';
import type { FunctionModel } from '../../assembly/models.ts';
import { withoutAwsSettings } from '../../sdk-variables.ts';

export interface VariablesOptions {
  readonly model: FunctionModel;
  readonly region: string;
  /** Where all AWS services are: the front. */
  readonly endpoint: string;
  /** What `.belfry.env` sets. Wins over the template, since the developer means it; not over the function's identity. */
  readonly localVariables: Readonly<Record<string, string>>;
  readonly logStream: string;
}

/**
 * All variables of a function's process. Nothing of the developer's own but where programs and temporary
 * files are: a job must not find real credentials here, and must not miss in AWS what it found.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
export function functionVariables(options: VariablesOptions): Record<string, string> {
  const { model, region, endpoint, localVariables, logStream } = options;
  return {
    ...inherited(),
    LANG: 'en_US.UTF-8',
    TZ: 'UTC',
    ...model.environment,
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ACCESS_KEY_ID: 'belfry-local',
    AWS_SECRET_ACCESS_KEY: 'belfry-local',
    ...withoutAwsSettings(model.directory),
    ...localVariables,
    [FULL_ERRORS_VARIABLE]: '1',
    AWS_LAMBDA_FUNCTION_NAME: model.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(model.memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: model.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: logStream,
    LAMBDA_TASK_ROOT: model.directory,
    _HANDLER: model.handler,
  };
}

const inherited = (): Record<string, string> =>
  Object.fromEntries(
    ['PATH', 'TMPDIR'].flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
