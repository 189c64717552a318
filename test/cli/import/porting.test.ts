import { describe, expect, test } from 'vitest';
import { nameOfCommand } from '../../../lib/cli/import/command-name.ts';
import { reasonsToPort, timeoutOf } from '../../../lib/cli/import/porting.ts';
import { readShell } from '../../../lib/cli/import/shell.ts';

const reasons = (command: string): readonly string[] => reasonsToPort(readShell(command));

describe('what a shell would do', () => {
  test.each<[string, readonly string[], readonly (readonly string[])[]]>([
    ['work --hard', [], [['work', '--hard']]],
    ['work \'a b\' "c d" e\\ f', [], [['work', 'a b', 'c d', 'e f']]],
    ['a | b > c', ['|', '>'], [['a'], ['b']]],
    ['a >/dev/null 2>&1', ['>'], [['a']]],
    ['a && b || c; d & e', ['&&', '||', ';', '&'], [['a'], ['b'], ['c'], ['d'], ['e']]],
    ["echo 'a | b > c'", [], [['echo', 'a | b > c']]],
    ['echo "$HOME" *.txt', ['$…', '*'], [['echo', '$HOME', '*.txt']]],
    [
      'work $(date +%F).gz',
      ['$(…)'],
      [
        ['date', '+%F'],
        ['work', '$(…).gz'],
      ],
    ],
    ['echo `date`', ['`…`'], [['echo', '`date`']]],
    ['[ -x /a ] && /a', ['&&'], [['[', '-x', '/a', ']'], ['/a']]],
    ['if [ -x /a ]; then /a; fi', ['if', ';'], [['[', '-x', '/a', ']'], ['/a']]],
    ['for x in a b; do work $x; done', ['for', ';', '$…'], [['work', '$x']]],
    ['curl https://a.example/?a=1*', [], [['curl', 'https://a.example/?a=1*']]],
    ['A=1 B=2 nice -n 10 ./work', [], [['./work']]],
    ['sudo -p x work', [], [['***']]],
    ['flock -n /tmp/lock timeout -k 5 10m ./work', [], [['./work']]],
    ['work # a | comment', [], [['work']]],
    ["work 'unclosed | ", [], [['work', 'unclosed | ']]],
  ])('%j', (command, constructs, commands) => {
    const reading = readShell(command);

    expect([...reading.constructs].sort()).toEqual([...constructs].sort());
    expect(reading.commands).toEqual(commands);
  });
});

describe('why a command cannot run on Lambda as it is', () => {
  test.each<[string, readonly string[]]>([
    ['curl -fsS https://a.example/run', []],
    ['timeout 10m curl https://a.example', []],
    ['a | b', ['it needs a shell (|)', 'Lambda does not have: a, b']],
    [
      '/usr/local/bin/backup.sh --to=/var/backups',
      ['it uses files of its machine: /usr/local/bin/backup.sh, /var/backups'],
    ],
    ['curl https://a.example > /dev/null', ['it needs a shell (>)']],
    ['~/bin/work', ['it needs a shell (~)', 'it uses files of its machine: ~/bin/work']],
    ['bin/work', ['it uses files of its machine: bin/work']],
    ['php artisan queue:work', ['Lambda does not have: php']],
    ['node worker.js', ['its code moves into the job: node worker.js']],
    [
      'a /srv/b /srv/c /srv/d /srv/e /srv/f',
      ['it uses files of its machine: /srv/b, /srv/c, /srv/d …', 'Lambda does not have: a'],
    ],
    ['a /Xk9/q7', ['it uses files of its machine: ***', 'Lambda does not have: a']],
    [
      'run-parts /etc/cron.daily',
      [
        'run-parts runs whatever scripts lie in a folder: each becomes a job of its own',
        'it uses files of its machine: /etc/cron.daily',
      ],
    ],
    [
      'timeout 1h curl https://a.example',
      [
        'it may take 1 hour, and a run 14 minutes at most: cut the work into several runs, or use Fargate or Step Functions for it',
      ],
    ],
  ])('%j: %j', (command, expected) => {
    expect(reasons(command)).toEqual(expected);
  });

  test.each([
    ['timeout 90 work', '90 seconds'],
    ['timeout -s KILL -k 5 10m work', '10 minutes'],
    ['timeout --signal=KILL 1.5m work', '90 seconds'],
    ['timeout 15m work', undefined],
    ['timeout 0 work', undefined],
    ['timeout x work', undefined],
    ['work', undefined],
  ])('%j has the timeout %s', (command, expected) => {
    expect(timeoutOf(readShell(command))).toBe(expected);
  });
});

test.each([
  ['/usr/local/bin/backup.sh --full', 'backup'],
  ['cd /srv/shop && php artisan schedule:run', 'artisan-schedule:run'],
  ['bash /opt/jobs/nightly_report.sh', 'nightly_report'],
  ['python3 -m reports.monthly', 'reports.monthly'],
  ["perl -e 'sleep 5' && certbot renew", 'certbot-renew'],
  ['curl -s https://www.example.com/', 'example.com'],
  ['curl -s https://shop.example.com/jobs/close-day?x=1', 'close-day'],
  ['run-parts --report /etc/cron.daily', 'run-parts-cron.daily'],
  ['echo hello', 'echo'],
  ['', undefined],
])('a job that does %j may be called %s', (command, name) => {
  expect(nameOfCommand(readShell(command))).toBe(name);
});
