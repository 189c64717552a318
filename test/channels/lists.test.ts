import { expect, test } from 'vitest';
import { formatPagerDuty } from '../../lib/channels/pager-duty.ts';
import { formatSlack } from '../../lib/channels/slack.ts';
import { formatTeams } from '../../lib/channels/teams.ts';
import type { Alert } from '../../lib/observe/alert.ts';
import { listAlerts, MAX_CAUSES } from '../../lib/watchdog/alert-list.ts';
import { startAlertServer } from './alert-server.ts';
import { DeliveryWorld } from './delivery-world.ts';
import { FACTS, FAILED_AT, notice } from './notices.ts';

const URL = { url: 'https://hooks.example.com' };
const JOBS = Array.from({ length: 40 }, (_, index) => `job-${String(index).padStart(2, '0')}`);

const alertOf = (job: string, isOver = false): Alert => {
  const subject = `[prod] ${isOver ? 'over: ' : ''}${job} failed: Error: no connection to the database at 10.0.0.1`;
  const run = `${job}/2027-03-02T01:00Z/nightly`;
  const facts = { ...FACTS, story: `failed:${job}`, job, run, ...(isOver ? { isOver } : {}) };
  return { subject, body: `${subject}\nat functions/${job}.ts:12:9\n\nRun  ${run}`, facts };
};

const noticeOf = ({ subject, body, facts }: Alert) => ({ ...notice(), subject, body, facts });
const LIST = noticeOf(
  listAlerts(
    JOBS.map((job) => alertOf(job)),
    'prod',
  ),
);

test.each([
  ['Slack', formatSlack(LIST, URL).body],
  ['Teams', formatTeams(LIST, URL).body],
])('a list of forty alerts names all of them in one message of %s', (_name, body) => {
  for (const job of JOBS) expect(body).toContain(`${job} failed`);
});

test('a list says nothing of one of its alerts alone', () => {
  expect(LIST.facts).toEqual({ kind: 'run-failed', story: 'failed:job-00', since: FAILED_AT, each: expect.any(Array) });
});

test('each alert of a list keeps its error, and of a long one the beginning', () => {
  const [first, second] = ['Error: no connection', `Error: ${'x'.repeat(500)}`].map((error, index) => {
    const alert = alertOf(`job-${index}`);
    return { ...alert, facts: { ...alert.facts, error } };
  }) as [Alert, Alert];

  const { facts } = listAlerts([first, second], 'prod');

  expect(facts.each?.[0]?.error).toBe('Error: no connection');
  expect(facts.each?.[1]?.error).toMatch(/^Error: x{100,}…$/);
});

test('a list is over where all of its stories are', () => {
  const over = listAlerts(
    JOBS.map((job) => alertOf(job, true)),
    'prod',
  );
  const mixed = listAlerts([alertOf('job-00', true), alertOf('job-01')], 'prod');

  expect(over.facts.isOver).toBe(true);
  expect(mixed.facts.isOver).toBeUndefined();
});

test('a list of very many alerts names what there is room for, and counts the rest', () => {
  const many = Array.from({ length: 2000 }, (_, index) => alertOf(`job-${index}`));

  const { body } = listAlerts(many, 'prod');

  expect(body.length).toBeLessThan(61_000);
  const named = many.filter(({ facts: { job } }) => body.includes(`${job} failed`)).length;
  expect(body).toContain(`\nand ${2000 - named} more\n`);
  expect(body).toMatch(/The texts of \d+ more are left out\.$/);
});

test('a list of as many causes as one message is about fits into it, whatever its language', () => {
  const wide = (text: string) => text.replaceAll(/[a-z]/g, '語');
  const many = Array.from({ length: MAX_CAUSES }, (_, index) => {
    const { subject, body, facts } = alertOf(`${'j'.repeat(38)}${index}`);
    return {
      subject: wide(subject),
      body: wide(body.repeat(20)),
      facts: { ...facts, error: wide('x'.repeat(300)), command: 'x'.repeat(200) },
    };
  });

  const { body, facts } = listAlerts(many, 'prod');

  expect(Buffer.byteLength(body) + Buffer.byteLength(JSON.stringify(facts))).toBeLessThan(250_000);
});

/** As many causes as one message is about, of the greatest length. */
const LONGEST = Array.from({ length: MAX_CAUSES }, (_, index) => {
  const job = `${'j'.repeat(38)}${String(index).padStart(2, '0')}`;
  const { subject, body, facts } = alertOf(job);
  return { subject: subject.padEnd(1000, 'x'), body: body.repeat(200), facts };
});

test.each([
  ['Slack', formatSlack, ({ blocks }: { blocks: object }) => JSON.stringify(blocks).length, 12_000],
  ['Teams', formatTeams, (message: object) => Buffer.byteLength(JSON.stringify(message)), 28 * 1024],
] as const)(
  'a list of the most and longest causes names all of them within what %s takes',
  (_name, format, sizeOf, max) => {
    const { body } = format(noticeOf(listAlerts(LONGEST, 'prod')), URL);

    expect(sizeOf(JSON.parse(body))).toBeLessThanOrEqual(max);
    for (const { facts } of LONGEST) expect(body).toContain(facts.job);
  },
);

test.each([
  ['Slack', formatSlack],
  ['Teams', formatTeams],
] as const)('a list of which %s takes a part says so', (service, format) => {
  const formatted = (sign: string) => {
    const alerts = LONGEST.map((alert) => ({ ...alert, subject: sign.repeat(1000) }));
    return format(noticeOf(listAlerts(alerts, 'prod')), URL).body;
  };

  expect(formatted('x')).toContain(`The texts of these alerts are left out: ${service} takes no more. \`belfry show\``);
  expect(formatted(service === 'Slack' ? '&' : '\u0001')).toContain(`The list goes on: ${service} takes no more.`);
});

test('a list is one incident for each of its stories, and the end of each resolves it', () => {
  const keysOf = (about: typeof LIST) =>
    formatPagerDuty(about, { routingKey: 'key' }).map(({ body }) => {
      const event = JSON.parse(body);
      return [event.event_action, event.dedup_key, event.payload.summary];
    });

  expect(keysOf(LIST)[39]).toEqual([
    'trigger',
    `belfry:shop-prod:${FAILED_AT}:failed:job-39`,
    '[prod] job-39 failed: Error: no connection to the database at 10.0.0.1',
  ]);
  expect(keysOf(LIST)).toHaveLength(40);
  const [ended] = keysOf(noticeOf(listAlerts([alertOf('job-39', true), alertOf('job-38')], 'prod')));
  expect(ended?.slice(0, 2)).toEqual(['resolve', `belfry:shop-prod:${FAILED_AT}:failed:job-39`]);
});

test('each story that a list ends is known as over, for alerts about it that come late', async () => {
  const server = await startAlertServer(() => ({ status: 200, body: 'ok' }));
  const world = new DeliveryWorld({
    secrets: { '/slack': server.url },
    channels: { slack: { url: { ssm: '/slack' } } },
  });
  world.publish(noticeOf(listAlerts([alertOf('job-00', true), alertOf('job-01')], 'prod')));

  await world.run();

  expect(await world.log.overAt({ story: 'failed:job-00', since: FAILED_AT })).toBe(FAILED_AT);
  expect(await world.log.overAt({ story: 'failed:job-01', since: FAILED_AT })).toBeUndefined();
});
