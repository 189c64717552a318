import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CrontabForm } from '../../../lib/cli/import/crontab/form.ts';
import { readCrontab } from '../../../lib/cli/import/crontab/read-crontab.ts';
import type { Candidate, Refusal } from '../../../lib/cli/import/found.ts';
import { CommandError, EXIT } from '../../../lib/cli/shared/exit-codes.ts';

const FIXTURES = join(import.meta.dirname, 'fixtures');

interface Options {
  readonly path?: string;
  readonly form?: CrontabForm | 'detected';
  readonly timezone?: string;
}

const read = (text: string, { path = 'my.crontab', form = 'user', timezone = 'UTC' }: Options = {}) =>
  readCrontab({ path, text, timezone, form: form === 'detected' ? undefined : form });

const candidateOf = (line: string, options: Options = {}): Candidate => {
  const [found] = read(`${line}\n`, options).found;
  if (found?.kind !== 'candidate') throw new Error(`refused: ${found?.problem}`);
  return found;
};

const EVEN_MINUTES = Array.from({ length: 30 }, (_, index) => index * 2).join();

const refusalOf = (line: string, options: Options = {}): Refusal => {
  const [found] = read(`${line}\n`, options).found;
  if (found?.kind !== 'refusal') throw new Error('not refused');
  return found;
};

/** What is thrown, whose exit code a shell would see. */
function thrownBy(work: () => unknown): CommandError {
  try {
    work();
  } catch (error) {
    if (error instanceof CommandError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('the lines of a crontab', () => {
  test.each([
    ['0 2 * 1-000004 * work', '0 2 * ******** ***', '      ^^^^^^^^'],
    ['0 2 * * 07000000 work', '0 2 * * ******** ***', '        ^^^^^^^^'],
  ])('the number of %j may be a password: it is refused where it lies, and not shown', (line, ...excerpt) => {
    const problem = 'a number in a schedule has at most three digits, zeros before it counted';

    expect(refusalOf(line)).toMatchObject({ problem, excerpt });
  });

  test('blank lines, comments and variables are no schedules', () => {
    const text = '\n   \n# 0 0 * * * no\n\t# no\nA=1\n"B C" = x\n0 0 * * * yes\n';

    expect(read(text).found.map(({ place }) => place.line)).toEqual([7]);
  });

  test.each([
    ['0 2 * * * work', '0 2 * * *', 'work'],
    ['\t0\t2\t*  *\t*\twork  --hard  ', '0 2 * * *', 'work  --hard'],
    ['0 2 * * * work\r', '0 2 * * *', 'work'],
    ['@daily work', '@daily', 'work'],
    ['@Hourly\twork', '@Hourly', 'work'],
    ['-*/5 * * * * work', '*/5 * * * *', 'work'],
    ['0 2 1,15 jan-mar mon work', '0 2 1,15 jan-mar mon', 'work'],
    [`${EVEN_MINUTES} 2 * * * work`, `${EVEN_MINUTES} 2 * * *`, 'work'],
    ['005 2 * * * work', '005 2 * * *', 'work'],
    ['0 2 * * * work /srv/100\\% %in', '0 2 * * *', 'work ***'],
  ])('%j is due at %j and runs %j', (line, cron, command) => {
    expect(candidateOf(line)).toMatchObject({ cron, command, timezone: 'UTC' });
  });

  test('what follows the first percent sign is the standard input, with line breaks for the others', () => {
    expect(candidateOf('0 2 * * * mail a%Dear all,%pay 100\\%')).toMatchObject({
      command: 'mail ***',
      remarks: ['Standard input: 18 characters, which are not copied'],
      porting: expect.arrayContaining(['it reads the text after % as its standard input']),
    });
  });

  test('the time that cronie draws is the earliest it could be, and is said to be drawn', () => {
    expect(candidateOf('30~45 ~ ~7 * * curl https://a.example')).toMatchObject({
      cron: '30 0 1 * *',
      isRandom: true,
      porting: ['30~45', '~', '~7'].map((field) => `cronie draws a time for ${field}, and the entry has its beginning`),
    });
  });

  test('what is wrong beside a drawn time is pointed at in its place', () => {
    expect(refusalOf('30~45 25 * * * work').excerpt).toEqual(['30~45 25 * * * work', '      ^^']);
  });

  test.each([
    ['0 25 * * * work', 'hour 25 is out of range; allowed are 0-23', '  ^^'],
    ['\t0 2 * * 8 work', 'day of week 8 is out of range; allowed are 0-7 or SUN-SAT', '         ^'],
    ['0 2 30 2 * work', 'no date from 1970 to 2199 matches, so it can never fire', '    ^^^^'],
    ['0 2 * * *', 'a command is missing; a line is: minute hour day-of-month month day-of-week command', '         ^'],
    ['0 2 *', 'fields are missing; a line is: minute hour day-of-month month day-of-week command', '     ^'],
    ['@never work', expect.stringMatching(/^@never is not known; allowed are @hourly, /), '^^^^^^'],
    ['hello world', 'neither a comment, nor NAME=value, nor a schedule, which begins with its minute', '^^^^^'],
    ['*/2 * */2 * 1 work', expect.stringContaining('which EventBridge cannot say'), '      ^^^'],
  ])('%j is not understood, and a caret shows where', (line, problem, carets) => {
    const refusal = refusalOf(line);

    expect(refusal).toMatchObject({ verdict: 'not understood', problem });
    expect(refusal.excerpt).toEqual([line.replace('\t', ' ').replace('hello world', '***** ***'), carets]);
  });

  test('a large step is imported, and told', () => {
    expect(candidateOf('0 */24 * * * work').words).toEqual([
      '*/24 in the hour is 0 alone, since 0 + 24 is past 23: write 0 if once a day is meant',
    ]);
  });

  test('commands that differ in what is masked alone are two jobs, and the same command is one', () => {
    const text = "0 1 * * * work 'A b'\n0 2 * * * work 'C d'\n0 3 * * * work 'A b'\n";
    const origins = read(text).found.map((each) => each.kind === 'candidate' && each.origin);

    expect(origins[0]).not.toBe(origins[1]);
    expect(origins[2]).toBe(origins[0]);
  });

  test('a new password is no new job', () => {
    expect(candidateOf('0 1 * * * work --password Old1 now').origin).toBe(
      candidateOf('0 1 * * * work --password New2 now').origin,
    );
  });

  test('@reboot is understood, and cannot be imported', () => {
    expect(refusalOf('@reboot work')).toMatchObject({
      verdict: 'not importable',
      problem: expect.stringContaining('nothing here boots'),
    });
  });

  test('a line without end is no crontab, and is cut where it is shown', () => {
    const refusal = refusalOf(`0 2 * * * ${'x'.repeat(100_000)}`);

    expect(refusal.problem).toBe('it has 100010 characters; cron takes 999 for a command');
    expect(refusal.excerpt.join('').length).toBeLessThan(250);
  });

  test('what a user wrote cannot move the cursor', () => {
    const line = '0 25 * * * \u001b[2J\u202Egnp.exe\u0007 work';

    expect(refusalOf(line).excerpt[0]).toBe('0 25 * * * *** work');
    expect(candidateOf(line.replace('25', '2')).command).toBe('*** work');
  });
});

describe('variables', () => {
  test('their values are told, but those of secrets', () => {
    const text =
      'SHELL=/bin/bash\nDB_PASSWORD = "hunter2"\nDATABASE_URL=postgres://app:hunter2@db/app\n0 2 * * * work\n';

    expect(read(text).found[0]).toMatchObject({
      remarks: [
        'Variable: SHELL=/bin/bash',
        'Variable: DB_PASSWORD (its value is not copied)',
        'Variable: DATABASE_URL (its value is not copied)',
      ],
    });
  });

  test.each([
    ['curl -H "Authorization: Bearer abc.def" https://a.example', 'curl -H "***" https://a.example'],
    [
      "API_TOKEN='a b' work --password=hunter2 --db-password hunter2",
      'API_TOKEN=*** work --password=*** --db-password ***',
    ],
    ['curl "https://a.example/?api_key=abc&x=1"', 'curl "https://a.example/?***"'],
    ['curl -fsu me:pw https://a.example', 'curl -f*** *** https://a.example'],
    ['curl https://x8fq2klm9.example.com/', 'curl https://***/'],
    ["curl --user 'me:p w' --proxy-user=you:pw x", "curl --user '***' --proxy-user=*** ***"],
    ['sudo -u shop date -u +\\%H:\\%M', 'sudo -u *** date -u +%H:%M'],
    ["curl --header='x-auth: a' -H PRIVATE-TOKEN:abc x", 'curl --header=*** -H *** ***'],
    ['cd /srv/shop && php artisan schedule:run >> /dev/null 2>&1', undefined],
    ['curl -fsS --retry 3 https://shop.example.com/internal/close-day', undefined],
    ['flock -n /var/lock/x.lock nice -n 19 /opt/app/bin/nightly --full', undefined],
    ["bash -lc 'cd /app && ./run.sh --token hunter2'", "bash -lc 'cd /app && ./run.sh --token ***'"],
    ['python3 -m shop.jobs.daily | tee -a /var/log/daily.log', undefined],
  ])('of the command %j only what is known to be harmless', (command, masked) => {
    expect(candidateOf(`0 2 * * * ${command}`).command).toBe(masked ?? command);
  });

  test('CRON_TZ is the zone of the lines after it, and TZ of none', () => {
    const text = 'TZ=Asia/Tokyo\n0 1 * * * a\nCRON_TZ=America/New_York\n0 2 * * * b\nCRON_TZ=\n0 3 * * * c\n';
    const { found, notes } = read(text, { timezone: 'Europe/Stockholm' });

    expect(found.map((each) => each.kind === 'candidate' && each.timezone)).toEqual([
      'Europe/Stockholm',
      'America/New_York',
      'Europe/Stockholm',
    ]);
    expect(notes).toContain('TZ is the zone of the commands, not of their times: cron does not go by it');
  });

  test('where CRON_TZ and the zone given differ, the report says which lines follow it, and how to get the other', () => {
    const text = '0 1 * * * a\nCRON_TZ=America/New_York\n0 2 * * * b\n0 3 * * * c\n';
    const source = { path: 'x', text, timezone: 'Europe/Stockholm', form: 'user' } as const;

    const followed = readCrontab(source);
    const ignored = readCrontab({ ...source, ignoresCronTz: true });

    expect(followed.notes).toContain(
      'CRON_TZ: lines 3, 4 follow it (America/New_York), and not --timezone Europe/Stockholm: cronie goes by it, and the cron of Debian and Ubuntu does not. Give --ignore-cron-tz if the host has that cron',
    );
    expect(ignored.found.map((each) => each.kind === 'candidate' && each.timezone)).toEqual(
      Array.from({ length: 3 }, () => 'Europe/Stockholm'),
    );
    expect(ignored.notes).toContain('CRON_TZ is ignored, as asked for: every line is read in Europe/Stockholm');
  });

  test('without a zone the first line that needs one is named', () => {
    const text = 'CRON_TZ=UTC\n0 1 * * * a\nCRON_TZ=\n@reboot x\n0 2 * * * b\n';
    const error = thrownBy(() => readCrontab({ path: 'x.cron', text, timezone: undefined, form: 'user' }));

    expect(error.message).toMatch(/^x\.cron:5: in which time zone\?.*give --timezone/);
    expect(error.exitCode).toBe(EXIT.usage);
  });

  test('a zone that there is not is told with its lines', () => {
    const { found } = read('CRON_TZ=Europe/Stokholm\n0 1 * * * a\n');

    expect(found[0]).toMatchObject({
      problem: 'CRON_TZ of line 1 "Europe/Stokholm": no such time zone; write Europe/Stockholm',
    });
  });
});

describe('which form a crontab has', () => {
  test.each([
    ['/etc/crontab', '0 0 * * * work hard\n', 'system', 'by its path'],
    ['backup/etc/cron.d/php', '0 0 * * * work hard\n', 'system', 'by its path'],
    ['x', '0 0 * * * root work\n@daily backup work\n', 'system', 'since a user stands before each command'],
    ['x', '0 0 * * * /usr/bin/work\n0 0 * * * work hard\n', 'user', 'since a command stands where a user would'],
    ['x', '0 0 * * * work\n', 'user', 'since a command stands where a user would'],
    ['x', '# m h  dom mon dow   command\n0 0 * * * work hard\n', 'user', 'by its comment'],
    ['x', '# m h dom mon dow user command\n0 0 * * * shop work\n', 'system', 'by the names of columns in its comment'],
    ['x', '# nothing\n', 'user', 'since no line tells'],
  ])('%s with %j has the %s… form', (path, text, form, reason) => {
    expect(read(text, { path, form: 'detected' }).notes).toContain(`${path} is read in the ${form} form, ${reason}`);
  });

  test.each(['0 0 * * * shop work\n', '0 0 * * * root work\n0 0 * * * curl work\n'])(
    '%j could be both, and asks for the flag',
    (text) => {
      const error = thrownBy(() => read(text, { form: 'detected' }));

      expect(error.message).toMatch(/give --system if a user stands there.*or --user if not/);
      expect(error.exitCode).toBe(EXIT.usage);
    },
  );

  test('the same command of another user is another job', () => {
    const origins = ['root work', 'shop work', 'root work'].map(
      (rest) => candidateOf(`0 0 * * * ${rest}`, { form: 'system' }).origin,
    );

    expect(origins[0]).not.toBe(origins[1]);
    expect(origins[0]).toBe(origins[2]);
  });
});

describe('what the file is like', () => {
  test.each([
    [
      '{\n  "name": "shop",\n  "a": "b c d e f",\n}\n',
      /^x is no crontab: none of its 4 lines is a schedule.* line 1 is the first of them$/,
    ],
    ['# Title\n\n* one two three four five\n- a b c d e\nText\n', /^x is no crontab: none of its 3 lines/],
    ['\n  \n', /^x is empty/],
  ])('%j is refused as a whole', (text, message) => {
    const error = thrownBy(() => read(text, { path: 'x', form: 'detected' }));

    expect(error.message).toMatch(message);
    expect(error.exitCode).toBe(EXIT.usage);
  });

  test.each(['0 25 * * * a\n0 26 * * * b\n0 27 * * * c\n', 'what\nis\n'])(
    '%j is a crontab with faults, and told line by line',
    (text) => {
      expect(read(text).found.every(({ kind }) => kind === 'refusal')).toBe(true);
    },
  );

  test('a last line without a newline is read, and told', () => {
    const { found, notes } = read('0 0 * * * a\n0 1 * * * b');

    expect(found).toHaveLength(2);
    expect(notes).toContain('line 2 does not end with a newline, and cron passes such a line over; it is read here');
  });

  test('CR LF is told, and is no part of the command', () => {
    const { found, notes } = read('0 0 * * * a\r\n0 1 * * * b\r\n');

    expect(found).toMatchObject([{ command: 'a' }, { command: 'b' }]);
    expect(notes).toContain('its lines end with CR LF: cron takes the CR for a part of the command');
  });
});

describe('what a stock Debian 12 has', () => {
  const of = (path: string) =>
    readCrontab({
      path,
      text: readFileSync(join(FIXTURES, path), 'utf8'),
      timezone: 'Europe/Stockholm',
      form: undefined,
    }).found;

  test('/etc/crontab is run-parts four times', () => {
    expect(
      of('crontab').map((each) => each.kind === 'candidate' && [each.place.line, each.cron, each.nameHints[0]]),
    ).toEqual([
      [19, '17 * * * *', 'run-parts-cron.hourly'],
      [20, '25 6 * * *', 'run-parts-cron.daily'],
      [21, '47 6 * * 7', 'run-parts-cron.weekly'],
      [22, '52 6 1 * *', 'run-parts-cron.monthly'],
    ]);
    for (const each of of('crontab')) {
      expect(each).toMatchObject({
        porting: expect.arrayContaining([
          'it runs as root, which a function is not',
          'run-parts runs whatever scripts lie in a folder: each becomes a job of its own',
        ]),
      });
    }
  });

  test.each([
    ['cron.d/e2scrub_all', ['30 3 * * 0 e2scrub_all_cron', '10 3 * * * e2scrub_all']],
    ['cron.d/php', ['09,39 * * * * sessionclean']],
    ['cron.d/sysstat', ['5-55/10 * * * * debian-sa1', '59 23 * * * debian-sa1']],
    ['cron.d/certbot', ['0 */12 * * * certbot-renew']],
    ['cron.d/popularity-contest', ['33 10 * * * popularity-contest']],
  ])('%s is understood, and needs porting', (path, expected) => {
    const found = of(path);

    expect(found.map((each) => each.kind === 'candidate' && `${each.cron} ${each.nameHints[0]}`)).toEqual(expected);
    expect(found.every((each) => each.kind === 'candidate' && each.porting.length > 0)).toBe(true);
  });
});
