import { join } from 'node:path';
import { limited, RUNNING, STORE_CONTRACT } from '../limits.ts';
import type { Emulator } from './emulator.ts';
import { installFromPyPi } from './pypi.ts';

const NO_LAMBDA = 'its Lambda needs Docker';
const NO_TABLE = "its DynamoDB is Amazon's DynamoDB Local, which it would download; it is not installed here";

/**
 * LocalStack's last release without a token, in host mode: CloudFormation, queues, schedules, topic, alarms, and Belfry's
 * own firing. Apache-2.0 licence. https://github.com/localstack/localstack
 */
export const localstack: Emulator = {
  name: 'LocalStack 4.14.0',
  leavesOut: ['functions', 'table'],
  limits: {
    ...limited(NO_LAMBDA, [
      ...RUNNING,
      'functions have their runtime, memory, timeout and variables',
      'functions write to a log group of their own',
      'mappings hand over one message at a time, and take failures by item',
      'a removed job has no function left',
      'a removed job has no mapping left',
      'no function is left',
      'no event source mapping is left',
    ]),
    ...limited(NO_TABLE, [
      'the table has its keys, its index and on-demand billing',
      'the table forgets ended runs by their time to live',
      'no table is left',
      STORE_CONTRACT,
    ]),
  },
  // Its metadata says 3.10, its code needs 3.12, and what it depends on was resolved for 3.13.
  install: (directory) => installFromPyPi(directory, { requirements: 'localstack.txt', python: 13 }),
  command: ({ directory, scratch, port }) => ({
    command: [join(directory, 'bin/python'), '-m', 'localstack.runtime.main'],
    environment: {
      GATEWAY_LISTEN: `127.0.0.1:${port}`,
      // The default server listens on every interface, whatever GATEWAY_LISTEN says.
      GATEWAY_SERVER: 'hypercorn',
      LOCALSTACK_HOST: `127.0.0.1:${port}`,
      SQS_ENDPOINT_STRATEGY: 'path',
      DNS_ADDRESS: '0',
      FILESYSTEM_ROOT: join(scratch, 'root'),
      LOCALSTACK_VOLUME_DIR: join(scratch, 'volume'),
      CONFIG_DIR: join(scratch, 'config'),
      // Inside a container it would take the container's file system for its own.
      OVERRIDE_IN_DOCKER: '0',
      SKIP_SSL_CERT_DOWNLOAD: '1',
      DISABLE_EVENTS: '1',
      // What is loaded by the first call takes longer than that call waits. DynamoDB, which would be downloaded, is not among them.
      EAGER_SERVICE_LOADING: '1',
      SERVICES: 'cloudformation,cloudwatch,ecr,iam,kms,lambda,logs,s3,scheduler,sns,sqs,ssm,sts',
    },
  }),
};
