import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../../../lib/clock.ts';
import type { FunctionModel } from '../../../../lib/local/assembly/index.ts';
import {
  createFunctionPool,
  type InvocationResult,
  type LogLine,
  startReaper,
} from '../../../../lib/local/lambda/workers/index.ts';
import { milliseconds, seconds } from '../../../../lib/units.ts';

/** A function's asset folder with this module in it. */
export function functionDirectory(source: string): string {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'belfry-function-')));
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'index.mjs'), source);
  return directory;
}

export const functionModel = (source: string, overrides: Partial<FunctionModel> = {}): FunctionModel => ({
  name: 'app-dev-job',
  directory: functionDirectory(source),
  handler: 'index.handler',
  timeoutSeconds: seconds(10),
  memoryMb: 256,
  environment: {},
  logGroup: '/aws/lambda/app-dev-job',
  ...overrides,
});

export interface TestPoolOptions extends Partial<FunctionModel> {
  readonly localVariables?: Record<string, string>;
  readonly idleAfterMs?: number;
}

/** A pool of real processes that runs this module. */
export function createTestPool(source: string, { localVariables = {}, idleAfterMs, ...model }: TestPoolOptions = {}) {
  const logs: LogLine[] = [];
  const results: InvocationResult[] = [];
  const reaper = startReaper();
  const pool = createFunctionPool(functionModel(source, model), {
    region: 'us-east-1',
    endpoint: 'http://127.0.0.1:4510',
    localVariables,
    reaper,
    clock: systemClock,
    onLog: (line) => logs.push(line),
    onInvocation: (result) => results.push(result),
    ...(idleAfterMs === undefined ? {} : { idleAfter: milliseconds(idleAfterMs) }),
  });
  const close = async () => {
    await pool.close(milliseconds(0));
    reaper.close();
  };
  return { pool, logs, results, close };
}
