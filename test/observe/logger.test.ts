import { Logger } from '@aws-lambda-powertools/logger';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { jobLog } from '../../lib/observe/logger.ts';
import { captureOutput } from '../support/function-environment.ts';
import { hostileValues } from '../support/hostile-values.ts';

const written: string[] = [];
beforeEach(() => void captureOutput(written));
afterEach(() => void vi.restoreAllMocks());

const RUN = { id: 'report/2027-03-02T02:00Z/nightly', job: 'report', attempt: 1 };
const setup = () => jobLog(new Logger({ serviceName: 'report' }), RUN as never);
const lines = (): Record<string, unknown>[] =>
  written
    .join('')
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));

describe('a log line of a job', () => {
  test.each(Object.keys(hostileValues()))('with %s in a field is written, with its other fields', (what) => {
    const log = setup();

    log.info('rows read', { rows: 3, value: hostileValues()[what] });

    expect(lines()).toMatchObject([{ message: 'rows read', rows: 3, runId: RUN.id, level: 'INFO' }]);
  });

  test.each(Object.keys(hostileValues()))('with %s in place of all fields is written', (what) => {
    const log = setup();

    log.warn('rows read', hostileValues()[what] as never);

    expect(lines()).toMatchObject([{ message: 'rows read', runId: RUN.id, level: 'WARN' }]);
  });

  test.each(Object.keys(hostileValues()))('with %s in place of its message does not throw', (what) => {
    const log = setup();

    expect(() => log.error(hostileValues()[what] as never)).not.toThrow();
  });

  test('says what cannot be read, and has what can: of an error its message, of a BigInt its digits', () => {
    const log = setup();

    log.info('rows read', {
      bad: hostileValues()['a getter that throws'],
      error: new TypeError('no connection'),
      big: 12n,
      list: [1, 2],
    });

    expect(lines()).toMatchObject([
      { bad: '(cannot be read)', error: { name: 'TypeError', message: 'no connection' }, big: '12', list: '[1,2]' },
    ]);
  });
});
