import { parse } from '@babel/parser';
import fc from 'fast-check';
import pc from 'picocolors';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { readCrontab } from '../../../lib/cli/import/crontab/read-crontab.ts';
import type { Candidate, Found, Reading } from '../../../lib/cli/import/found.ts';
import { readManifests } from '../../../lib/cli/import/k8s/read-manifests.ts';
import { addEntries } from '../../../lib/cli/import/project/add-entries.ts';
import { planImport } from '../../../lib/cli/import/project/plan.ts';
import { readSchedulesFile } from '../../../lib/cli/import/project/schedules-file.ts';
import { formatReport } from '../../../lib/cli/import/report.ts';
import { CommandError } from '../../../lib/cli/shared/exit-codes.ts';
import { InvalidExpressionError, readWhen } from '../../../lib/cron/index.ts';
import { JOB_NAME, SCHEDULE_ID } from '../../../lib/job/names.ts';

/** Whatever was read, all that an import would make of it is sound. */
function expectSound(reading: Reading): void {
  const candidates = reading.found.filter((each): each is Candidate => each.kind === 'candidate');
  const plan = planImport(candidates, { jobs: [], entries: [], group: '' });
  for (const { path, text } of plan.stubs) {
    expect(/^functions\/(.*)\.ts$/.exec(path)?.[1]).toMatch(JOB_NAME);
    const { program, comments } = parse(text, { sourceType: 'module', plugins: ['typescript'] });
    expect([program.body.length, comments?.length]).toEqual([2, 1]);
  }
  for (const { id, cron, timezone } of plan.entries) {
    expect(id).toMatch(SCHEDULE_ID);
    readWhen({ cron }, timezone);
  }
  const schedules = readSchedulesFile(addEntries(readSchedulesFile('export const schedules = {};'), plan.entries));
  expect(schedules.entries).toHaveLength(plan.entries.length);
  expect(formatReport(reading, plan, pc.createColors(false))).not.toMatch(/(?!\n)[\p{Cc}\u202a-\u202e]/u);
}

/** Reads, and lets pass only what a command says in a sentence. */
function reads(read: () => Reading): void {
  let reading: Reading;
  try {
    reading = read();
  } catch (error) {
    expect(error instanceof CommandError || error instanceof InvalidExpressionError).toBe(true);
    return;
  }
  expectSound(reading);
}

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes).toString('utf8')),
);

const shellPiece = fc.constantFrom(
  ...' |;&<>()$`\'"\\*?[]{}~#%\t=!'.split(''),
  ...[
    '$(',
    '*/',
    '/*',
    '${',
    'if ',
    'for ',
    'timeout 1h ',
    'A=1 ',
    'sh -c ',
    '/usr/bin/x',
    'php ',
    '\u202e',
    '\u001b[2J',
    '\u2028',
    "');",
    'root ',
  ],
);
const command = fc.oneof(
  anyText,
  fc.array(shellPiece, { maxLength: 30 }).map((pieces) => pieces.join('')),
);
const field = fc.oneof(
  fc.constantFrom('*', '*/5', '0', '1-5', '~', '5~', '30~45', '7', 'mon', '2-1', '-1', 'L', '?'),
  anyText,
);
const line = fc.oneof(
  fc
    .tuple(fc.array(field, { minLength: 3, maxLength: 6 }), command)
    .map(([fields, rest]) => `${fields.join(' ')} ${rest}`),
  command.map((rest) => `0 2 * * * ${rest}`),
  fc
    .tuple(fc.constantFrom('@daily', '@reboot', '@x', '-0 2 * * *', 'CRON_TZ=', 'A = '), command)
    .map((pair) => pair.join(' ')),
  anyText,
);

describe('whatever is read as a crontab', () => {
  const source = (text: string, form: 'user' | 'system' | undefined) => ({ path: 'x', text, timezone: 'UTC', form });

  test('gives a sound import or a sentence', () => {
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 8 }).map((lines) => lines.join('\n')),
        fc.constantFrom('user', 'system', undefined),
        (text, form) => reads(() => readCrontab(source(text, form))),
      ),
      { numRuns: 500 },
    );
  });

  test('and a line of a command always an entry, or a refusal', () => {
    fc.assert(
      fc.property(command, (rest) => {
        const { found } = readCrontab(source(`0 2 * * * ${rest.replaceAll('\n', ' ')}\n`, 'user'));
        expect(found).toHaveLength(1);
      }),
    );
  });
});

describe('whatever is read as manifests', () => {
  const read = (text: string): Reading => {
    const { found } = readManifests({ path: 'x.yaml', text, timezone: 'UTC' });
    return { found, notes: [] };
  };

  test('gives a sound import or a sentence', () => {
    const yamlPiece = fc.constantFrom(
      '- ',
      ': ',
      '\n',
      '  ',
      '{',
      '}',
      '[',
      ']',
      '&a ',
      '*a',
      '<<: ',
      '|\n',
      '>',
      '"',
      "'",
      '---\n',
      '!!binary ',
      '%',
      'kind: CronJob',
      'apiVersion: batch/v1',
      'a',
      '#',
      '?',
      '\t',
    );
    const text = fc.oneof(
      anyText,
      fc.array(yamlPiece, { maxLength: 40 }).map((pieces) => pieces.join('')),
    );
    fc.assert(
      fc.property(text, (each) => reads(() => read(each))),
      { numRuns: 500 },
    );
  });

  test('and CronJobs with any values too', () => {
    const schedule = fc.oneof(fc.constantFrom('0 2 * * *', '@daily', 'TZ=UTC 0 2 * * *'), anyText);
    const hostile = fc.constantFrom({ toString: 1 }, [{ toString: null, valueOf: 2 }], { name: { toString: 1 } });
    const value = fc.oneof(fc.anything({ maxDepth: 2 }), anyText, fc.constant(undefined), hostile);
    const named = fc.array(
      fc.record(
        { name: value, valueFrom: fc.record({ secretKeyRef: fc.record({ name: anyText, key: value }) }) },
        { requiredKeys: [] },
      ),
    );
    const container = fc.record(
      {
        name: value,
        image: value,
        command: fc.oneof(value, fc.array(command)),
        args: value,
        env: fc.oneof(value, named),
        envFrom: value,
      },
      { requiredKeys: [] },
    );
    const job = fc.record({
      metadata: fc.record({
        name: fc.oneof(fc.constant('a.b-c'), value),
        namespace: fc.oneof(fc.constant('x'), value),
      }),
      spec: fc.record(
        {
          schedule,
          suspend: fc.oneof(fc.boolean(), value),
          startingDeadlineSeconds: fc.oneof(fc.nat(), value),
          jobTemplate: fc.record({
            spec: fc.record({
              backoffLimit: fc.oneof(fc.nat(20), fc.constant(undefined)),
              template: fc.record({
                spec: fc.record({
                  containers: fc.oneof(fc.array(container), value),
                  initContainers: fc.oneof(fc.array(container), value),
                  volumes: fc.oneof(value, named),
                }),
              }),
            }),
          }),
        },
        { requiredKeys: ['schedule'] },
      ),
    });
    const print = (each: object): string | undefined => {
      try {
        return stringify({ apiVersion: 'batch/v1', kind: 'CronJob', ...each });
      } catch {
        return undefined;
      }
    };
    let candidates = 0;
    fc.assert(
      fc.property(job, (each) => {
        const text = print(each);
        fc.pre(text !== undefined);
        reads(() => {
          const reading = read(text ?? '');
          candidates += reading.found.filter((found: Found) => found.kind === 'candidate').length;
          return reading;
        });
      }),
      { numRuns: 300 },
    );
    expect(candidates).toBeGreaterThan(0);
  });
});
