import { join } from 'node:path';
import { vi } from 'vitest';

/** The variables of a function of the deployment app-dev, as Lambda would set them. */
export function stubFunctionEnvironment(
  table: { readonly endpoint: string; readonly table: string },
  queueUrl: string,
): void {
  for (const [name, value] of Object.entries({
    AWS_REGION: 'us-east-1',
    LAMBDA_TASK_ROOT: join(import.meta.dirname, '../..'),
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_ENDPOINT_URL_DYNAMODB: table.endpoint,
    BELFRY_APP: 'app',
    BELFRY_STAGE: 'dev',
    BELFRY_TABLE: table.table,
    BELFRY_QUEUE_URL: queueUrl,
    BELFRY_DEAD_LETTER_QUEUE_URL: `${queueUrl}-dlq`,
    BELFRY_ALERT_TOPIC_ARN: 'arn:aws:sns:us-east-1:1:app-dev-alerts',
  })) {
    vi.stubEnv(name, value);
  }
}

/** Keeps what a function writes, and shows nothing. @param written gets it */
export function captureOutput(written: string[]): void {
  written.length = 0;
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((chunk) => written.push(String(chunk)) > 0);
  }
}
