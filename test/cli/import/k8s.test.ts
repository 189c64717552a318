import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Candidate, Refusal } from '../../../lib/cli/import/found.ts';
import { readAll } from '../../../lib/cli/import/import-manifests.ts';
import { readManifests } from '../../../lib/cli/import/k8s/read-manifests.ts';
import { CommandError, EXIT } from '../../../lib/cli/shared/exit-codes.ts';

const FIXTURES = join(import.meta.dirname, 'fixtures/k8s');

const fixture = (name: string) =>
  readManifests({ path: name, text: readFileSync(join(FIXTURES, name), 'utf8'), timezone: 'UTC' });

/** A CronJob with fields of its spec and of its job's spec. */
const cronJob = (spec = '', jobSpec = ''): string => `apiVersion: batch/v1
kind: CronJob
metadata: { name: nightly, namespace: shop }
spec:
  schedule: 0 2 * * *
  timeZone: Europe/Stockholm
  ${spec}
  jobTemplate:
    spec:
      ${jobSpec}
      template: { spec: { containers: [{ name: main, image: curl, command: [curl, https://a.example] }] } }
`;

const only = (text: string) => {
  const { found } = readManifests({ path: 'x.yaml', text, timezone: undefined });
  expect(found).toHaveLength(1);
  return found[0];
};
const candidate = (text: string): Candidate => {
  const found = only(text);
  if (found?.kind !== 'candidate') throw new Error(`refused: ${found?.problem}`);
  return found;
};
const refusal = (text: string): Refusal => {
  const found = only(text);
  if (found?.kind !== 'refusal') throw new Error('not refused');
  return found;
};

describe('manifests as they are in the world', () => {
  test('the hello of the documentation needs a shell', () => {
    expect(fixture('hello.yaml').found).toMatchObject([
      {
        place: { line: 6 },
        origin: 'k8s default/hello',
        cron: '* * * * *',
        timezone: 'UTC',
        policy: { maxAttempts: 7, overlap: 'allow' },
        porting: ['it needs a shell (sh -c, ;)'],
      },
    ]);
  });

  test('a backup of a database says all that it needs, and other kinds are counted', () => {
    const { found, others } = fixture('postgres-backup.yaml');

    expect(others).toBe(2);
    expect(found).toMatchObject([
      {
        origin: 'k8s databases/postgres-backup',
        timezone: 'Europe/Stockholm',
        maxLateness: '10 minutes',
        policy: { maxAttempts: 3, overlap: 'skip' },
        remarks: [
          'CronJob databases/postgres-backup',
          'Container pg-dump: image postgres:16-alpine',
          'Variables (values are not copied): PGPASSWORD',
        ],
        porting: [
          'it needs a shell (sh -c, |, >, $(…))',
          'Lambda does not have: pg_dump, gzip',
          'it mounts volumes: backups (persistentVolumeClaim)',
          'the rights of service account backup are given in infra/access.ts',
          'secrets are given in infra/access.ts: postgres-credentials/password',
          expect.stringMatching(/^it may take 1 hour, and a run 14 minutes at most/),
        ],
      },
    ]);
  });

  test('one that is suspended fits, and is said to be suspended', () => {
    expect(fixture('newsletter.yml').found).toMatchObject([
      {
        cron: '0 9 * * mon',
        timezone: 'America/New_York',
        policy: { timeout: '5 minutes', maxAttempts: 1, overlap: 'skip' },
        porting: [],
        words: ['it is suspended'],
        suspended: 'Suspended in Kubernetes.',
      },
    ]);
  });

  test('what is not there yet or out of bounds becomes the nearest, with a word', () => {
    expect(fixture('replace.yaml').found).toMatchObject([
      {
        maxLateness: '1 minute',
        policy: { maxAttempts: 10, overlap: 'skip' },
        words: [
          "concurrencyPolicy Replace is not there yet: the entry's job has overlap: 'skip'",
          'backoffLimit 20 became 10 attempts, the most there are',
          'startingDeadlineSeconds 15 became 1 minute; allowed are 1 minute to 24 hours',
        ],
        porting: [
          'what its image registry.example.com/shop/prices:4.2 runs, no manifest says',
          '2 containers run side by side: refresh, proxy',
          'containers run before it: wait-for-db',
          'secrets are given in infra/access.ts: shop',
        ],
      },
    ]);
  });

  test('lists are opened, and what stands behind an alias is read', () => {
    const { found, others } = fixture('list.yaml');

    expect(others).toBe(1);
    expect(found).toMatchObject([
      {
        origin: 'k8s staging/cleanup',
        nameHints: ['cleanup', 'cleanup-staging'],
        cron: '15 3 * * 0',
        place: { line: 10 },
      },
      { origin: 'k8s production/cleanup', nameHints: ['cleanup', 'cleanup-production'], cron: '15 3 * * 0' },
    ]);
  });

  test('v1beta1 is read; a zone in the schedule and an impossible date are refused with carets', () => {
    const [first, ...refused] = fixture('v1beta1.yaml').found;

    expect(first).toMatchObject({ origin: 'k8s default/report.monthly', cron: '@monthly' });
    expect(refused).toMatchObject([
      {
        place: { line: 27 },
        problem:
          'CronJob default/in-zone: Kubernetes takes no time zone in the schedule; write spec.timeZone: Europe/Paris',
        excerpt: ['  schedule: "TZ=Europe/Paris 0 6 * * *"', '             ^^^^^^^^^^^^^^^'],
      },
      {
        place: { line: 35 },
        problem: 'CronJob default/impossible: no date from 1970 to 2199 matches, so it can never fire',
        excerpt: ['  schedule: "0 6 31 2 *"', '                 ^^^^'],
      },
    ]);
  });
});

describe('the fields of a CronJob', () => {
  test('six fields are refused, since Kubernetes takes five', () => {
    expect(refusal(cronJob().replace('0 2 * * *', '0 0 2 * * *')).problem).toBe(
      'CronJob shop/nightly: Kubernetes takes five fields in a schedule, and this has 6',
    );
  });

  test('a large step is imported, and told', () => {
    expect(candidate(cronJob().replace('0 2 * * *', "'*/60 * * * *'"))).toMatchObject({
      cron: '*/60 * * * *',
      words: ['*/60 in the minute is 0 alone, since 0 + 60 is past 59: write 0 if once an hour is meant'],
    });
  });

  test.each([
    ['startingDeadlineSeconds: 60', '1 minute', []],
    ['startingDeadlineSeconds: 5400', '90 minutes', []],
    ['startingDeadlineSeconds: 86400', '1 day', []],
    [
      'startingDeadlineSeconds: 86401',
      '24 hours',
      ['startingDeadlineSeconds 86401 became 24 hours; allowed are 1 minute to 24 hours'],
    ],
    [
      'startingDeadlineSeconds: 0',
      '1 minute',
      ['startingDeadlineSeconds 0 became 1 minute; allowed are 1 minute to 24 hours'],
    ],
    ['', undefined, []],
  ])('%j becomes the maximum lateness %s', (field, maxLateness, words) => {
    const found = candidate(cronJob(field));

    expect([found.maxLateness, found.words]).toEqual([maxLateness, words]);
  });

  test.each([
    ['activeDeadlineSeconds: 840', '14 minutes', 0],
    ['activeDeadlineSeconds: 841', undefined, 1],
    ['', undefined, 0],
  ])('%j becomes the timeout %s', (field, timeout, reasons) => {
    const { policy, porting } = candidate(cronJob('', field));

    expect([policy.timeout, porting.length]).toEqual([timeout, reasons]);
  });

  test.each([
    ['spec.concurrencyPolicy', 'concurrencyPolicy: forbid', 'is "forbid"; allowed are Allow, Forbid, Replace'],
    ['spec.suspend', 'suspend: soon', 'is "soon"; allowed are true and false'],
    ['spec.startingDeadlineSeconds', 'startingDeadlineSeconds: -1', 'is -1; allowed are whole numbers from 0'],
  ])('%s that the API server would refuse is not understood', (field, yaml, problem) => {
    expect(refusal(cronJob(yaml)).problem).toBe(`CronJob shop/nightly: ${field} ${problem}`);
  });

  test('all that is wrong with one is told at once, with the CronJob and carets', () => {
    const text = cronJob('suspend: soon')
      .replace('0 2 * * *', '0 25 * * *')
      .replace('Europe/Stockholm', '"Europe/Stokholm"');

    expect(refusal(text)).toMatchObject({
      problem:
        'CronJob shop/nightly: spec.suspend is "soon"; allowed are true and false; and spec.timeZone "Europe/Stokholm": no such time zone; write Europe/Stockholm; and hour 25 is out of range; allowed are 0-23',
      excerpt: [
        '  timeZone: "Europe/Stokholm"',
        '             ^^^^^^^^^^^^^^^',
        '  schedule: 0 25 * * *',
        '              ^^',
      ],
    });
  });

  test.each(['', ' ""', ' null'])('what is optional and%s is absent', (nothing) => {
    const text = cronJob(`concurrencyPolicy:${nothing}`).replace('namespace: shop', `namespace:${nothing}`);

    expect(candidate(text)).toMatchObject({ origin: 'k8s default/nightly', policy: { overlap: 'allow' } });
  });

  test('a schedule that is not there is missing', () => {
    expect(refusal(cronJob().replace(/schedule:.*/, '')).problem).toBe(
      'CronJob shop/nightly: spec.schedule is missing; it must be a text',
    );
  });

  test.each([
    ['1h', '0 * * * *'],
    ['60m', '0 * * * *'],
    ['90s', undefined],
    ['15m0s', '*/15 * * * *'],
    ['1m', '* * * * *'],
    ['6h', '0 */6 * * *'],
    ['0.5h', '*/30 * * * *'],
    ['24h', '0 0 * * *'],
    ['1h30m', undefined],
    ['7m', undefined],
    ['0s', undefined],
    ['soon', undefined],
  ])('@every %s becomes the cron %s', (length, cron) => {
    const text = cronJob().replace('0 2 * * *', `"@every ${length}"`);
    if (cron === undefined) {
      expect(refusal(text)).toMatchObject({
        problem: expect.stringMatching(
          /^CronJob shop\/nightly: not one of the intervals that.*; allowed are 1 minute,.* 1 day$/,
        ),
        excerpt: [
          `  schedule: "@every ${length === 'soon' ? '****' : length}"`,
          `                    ${'^'.repeat(length.length)}`,
        ],
      });
      return;
    }
    expect(candidate(text)).toMatchObject({ cron, timezone: 'UTC' });
    expect(candidate(text).words[0]).toContain('counts from midnight UTC');
  });

  test('without a zone, the first CronJob that needs one is named', () => {
    const text = cronJob().replace(/timeZone:.*/, '');

    expect(() => only(text)).toThrow(
      expect.objectContaining({
        exitCode: EXIT.usage,
        message: expect.stringMatching(/^x\.yaml:5: CronJob shop\/nightly has no spec\.timeZone.*give --timezone UTC/),
      }),
    );
  });
});

describe('what is no manifest', () => {
  const bomb = `a: &a [x, x, x, x, x, x, x, x, x]\n${'abcdefgh'
    .split('')
    .map((name, index, all) => (index === 0 ? '' : `${name}: &${name} [${`*${all[index - 1]}, `.repeat(9)}]\n`))
    .join('')}kind: CronJob\nz: [*h, *h]\n`;

  test.each([
    ['nothing', '  \n', 'is empty'],
    ['a text', 'hello\n', 'is no Kubernetes object: it has no kind'],
    ['a list', '- a\n- b\n', 'is no Kubernetes object: it has no kind'],
    ['an alias bomb', bomb, expect.stringMatching(/^YAML: Excessive alias count/)],
    ['a text nested too deep', '['.repeat(200_000), 'YAML: the file is nested more than 100 deep'],
    [
      "a chart's template",
      '{{- if .Values.on }}\nkind: CronJob\n{{- end }}\n',
      expect.stringMatching(/^YAML: .*; this is a Helm template: render it first \(helm template\)$/),
    ],
    [
      "a schedule of a chart's template",
      cronJob().replace('0 2 * * *', '{{ .Values.s }}'),
      'CronJob shop/nightly: spec.schedule is an object; it must be a text; this is a Helm template: render it first (helm template)',
    ],
    [
      'a mapping of very many keys',
      Array.from({ length: 2001 }, (_, index) => `k${index}: 1\n`).join(''),
      'YAML: a mapping in it has more than 2000 keys',
    ],
    ['a text of very many aliases', `- &a 1\n${'- *a\n'.repeat(1001)}`, 'YAML: the file has more than 1000 aliases'],
    [
      'a text of very many signs',
      '['.repeat(1_000_001),
      'YAML: the file has more than 1000000 words and signs: cut it into several',
    ],
    [
      'a container whose name is no text',
      cronJob().replace('name: main', 'name: { toString: 1 }'),
      'CronJob shop/nightly: containers[0].name of its pod is an object; it must be a text',
    ],
    [
      'a volume whose name is no text',
      cronJob().replace('spec: { containers', 'spec: { volumes: [{ name: { toString: 1 } }], containers'),
      'CronJob shop/nightly: volumes[0].name of its pod is an object; it must be a text',
    ],
    ['a key twice', 'kind: CronJob\nkind: CronJob\n', 'YAML: Map keys must be unique'],
    [
      'a CronJob of another version',
      'apiVersion: batch/v2\nkind: CronJob\n',
      'a CronJob of apiVersion "batch/v2"; understood are batch/v1 and batch/v1beta1',
    ],
    [
      'a CronJob without a name',
      'apiVersion: batch/v1\nkind: CronJob\n',
      'metadata.name is missing; allowed are lower-case letters, digits, . and -',
    ],
  ])('%s is not understood, and says why', (_, text, problem) => {
    expect(refusal(text).problem).toEqual(problem);
  });
});

describe('a folder of garbage', () => {
  let folder = '';

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'belfry-k8s-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const report = async () => {
    const { found, notes } = await readAll([folder], 'UTC');
    const lines = found.map(
      (each) => `${relative(folder, each.place.file)}: ${each.kind === 'refusal' ? each.problem : each.origin}`,
    );
    return { lines, notes };
  };

  test('is a line for each, and what can be read is read', async () => {
    writeFileSync(join(folder, 'a-good.yaml'), cronJob());
    writeFileSync(join(folder, 'b-binary.yml'), Buffer.from([0x89, 0x50, 0, 0xff]));
    writeFileSync(join(folder, 'c-empty.yaml'), '');
    writeFileSync(join(folder, 'd-huge.yaml'), Buffer.alloc(4 * 1024 * 1024 + 1, '#'));
    mkdirSync(join(folder, 'e-folder.yaml'));
    symlinkSync(folder, join(folder, 'f-loop'));
    symlinkSync('nowhere', join(folder, 'g-dead.yaml'));
    symlinkSync('h-itself.yaml', join(folder, 'h-itself.yaml'));
    mkdirSync(join(folder, 'i-deeper/deeper'), { recursive: true });
    writeFileSync(join(folder, 'i-deeper/deeper/service.YAML'), 'kind: Service\n');
    symlinkSync('a-good.yaml', join(folder, 'j-linked.yaml'));
    writeFileSync(join(folder, 'readme.md'), 'no');

    expect(await report()).toEqual({
      lines: [
        'a-good.yaml: k8s shop/nightly',
        'b-binary.yml: is no text: it holds a zero byte',
        'c-empty.yaml: is empty',
        'd-huge.yaml: has 4194305 bytes; at most 4194304 are read',
        'e-folder.yaml: is a folder',
        'f-loop: is a link to a folder, which is not followed',
        'g-dead.yaml: is a link that leads nowhere: ENOENT',
        'h-itself.yaml: is a link that leads nowhere: ELOOP',
        'j-linked.yaml: k8s shop/nightly',
      ],
      notes: ['1 object of other kinds passed over'],
    });
  });

  // Root may read everything.
  test.skipIf(process.getuid?.() === 0)('without permission is a line too', async () => {
    writeFileSync(join(folder, 'a.yaml'), cronJob());
    writeFileSync(join(folder, 'b.yaml'), cronJob());
    chmodSync(join(folder, 'b.yaml'), 0);

    expect((await report()).lines[1]).toBe('b.yaml: cannot be read: EACCES');
  });

  test.each([
    ['without manifests', '.', /no file in it ends in \.yaml or \.yml$/],
    ['that is not there', 'nowhere', /^there is no such file: \/.*\/nowhere$/],
  ])('%s is wrong usage', async (_, path, message) => {
    const failed = await readAll([join(folder, path)], 'UTC').catch((error: unknown) => error);

    expect(failed).toBeInstanceOf(CommandError);
    expect(failed).toMatchObject({ exitCode: EXIT.usage, message: expect.stringMatching(message) });
  });
});
