import { GetFunctionConfigurationCommand, LambdaClient, ListEventSourceMappingsCommand } from '@aws-sdk/client-lambda';
import { expect } from 'vitest';
import { check, cloud } from '../support/check.ts';

const lambda = new LambdaClient(cloud.config);
const FunctionName = `${cloud.prefix}-probe-retry`;

check('functions have their runtime, memory, timeout and variables', async () => {
  const configuration = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));

  expect(configuration).toMatchObject({
    Runtime: 'nodejs24.x',
    Handler: 'index.handler',
    MemorySize: 512,
    Timeout: 30,
    Architectures: ['arm64'],
  });
  const variables = configuration.Environment?.Variables ?? {};
  expect(variables).toMatchObject({ BELFRY_STAGE: cloud.target.stage, BELFRY_TABLE: cloud.table });
  expect(variables['BELFRY_QUEUE_URL']).toMatch(/\/belfry-[a-z0-9-]+-probe-retry$/);
});

check('functions write to a log group of their own', async () => {
  const { LoggingConfig } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));

  expect(LoggingConfig?.LogGroup).toBe(`/aws/lambda/${FunctionName}`);
});

check('mappings hand over one message at a time, and take failures by item', async () => {
  const { EventSourceMappings = [] } = await lambda.send(new ListEventSourceMappingsCommand({ FunctionName }));

  const { QueueArn } = await cloud.queueAttributes('probe-retry');
  expect(EventSourceMappings).toMatchObject([
    {
      EventSourceArn: QueueArn,
      BatchSize: 1,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 10 },
      State: 'Enabled',
    },
  ]);
});
