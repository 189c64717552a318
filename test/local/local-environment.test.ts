import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { channelVariablesIn, readLocalEnvironment, withoutChannels } from '../../lib/local/local-environment.ts';

async function read(text: string): Promise<Record<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), 'belfry-env-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, '.belfry.env'), text);
  return await readLocalEnvironment(folder);
}

test('the secrets of channels are variables that .belfry.env may set, and no other of Belfry’s', async () => {
  const variables = await read('BELFRY_ALERTS_SLACK=https://a\nGREETING=hello\n');

  expect(channelVariablesIn(variables)).toEqual(['BELFRY_ALERTS_SLACK']);
  expect(withoutChannels(variables)).toEqual({ GREETING: 'hello' });
  await expect(read('BELFRY_TABLE=x')).rejects.toThrow('.belfry.env:1: BELFRY_TABLE: the cloud sets this itself');
});

test('a misspelt channel is refused with those that there are, and without its value', async () => {
  await expect(read('# channels\n\nBELFRY_ALERTS_SLAK=https://hunter2')).rejects.toThrow(
    '.belfry.env:3: BELFRY_ALERTS_SLAK is not read; channels for alerts are BELFRY_ALERTS_SLACK, BELFRY_ALERTS_TEAMS, BELFRY_ALERTS_WEBHOOK, BELFRY_ALERTS_WEBHOOK_SECRET, BELFRY_ALERTS_PAGERDUTY',
  );
});

test.each([
  ['BELFRY_ALERTS_WEBHOOK_SECRET=hunter2', 1],
  ['BELFRY_ALERTS_WEBHOOK=\nBELFRY_ALERTS_WEBHOOK_SECRET=hunter2', 2],
])('a secret of a channel that has no address is refused, without its value: %j', async (text, line) => {
  const error: unknown = await read(text).catch((thrown: unknown) => thrown);

  expect(String(error)).toContain(
    `.belfry.env:${line}: BELFRY_ALERTS_WEBHOOK_SECRET has no use alone: set BELFRY_ALERTS_WEBHOOK to the address that it is for, or remove it`,
  );
  expect(String(error)).not.toContain('hunter2');
});

test('a secret of a channel beside its address is no error', async () => {
  const both = 'BELFRY_ALERTS_WEBHOOK=https://a\nBELFRY_ALERTS_WEBHOOK_SECRET=b\n';

  expect(channelVariablesIn(await read(both))).toEqual(['BELFRY_ALERTS_WEBHOOK', 'BELFRY_ALERTS_WEBHOOK_SECRET']);
});

const WRITE_URL = 'write https://…, or http:// for an address of this machine, as in http://127.0.0.1:9000/';

test.each([
  ['BELFRY_ALERTS_WEBHOOK=127.0.0.1:9911/hunter2', `BELFRY_ALERTS_WEBHOOK (not shown) is not a URL; ${WRITE_URL}`],
  ['BELFRY_ALERTS_SLACK=not a hunter2', `BELFRY_ALERTS_SLACK (not shown) is not a URL; ${WRITE_URL}`],
  [
    'BELFRY_ALERTS_TEAMS="http://example.com/hunter2"',
    `BELFRY_ALERTS_TEAMS (not shown) is not an address that alerts are sent to; ${WRITE_URL}`,
  ],
  [
    'BELFRY_ALERTS_PAGERDUTY=',
    'BELFRY_ALERTS_PAGERDUTY has no value; write the key of an integration "Events API v2", letters and digits, or remove the line',
  ],
  [
    'BELFRY_ALERTS_PAGERDUTY=https://hunter2',
    'BELFRY_ALERTS_PAGERDUTY (not shown) is not a key of PagerDuty; write the key of an integration "Events API v2", letters and digits',
  ],
  [
    'BELFRY_ALERTS_SLACK=""',
    'BELFRY_ALERTS_SLACK has no value; write a URL that begins with https://, or remove the line',
  ],
])(
  'a secret that no alert could be sent with is refused by line and name, without its value: %s',
  async (line, text) => {
    const error: unknown = await read(`GREETING="hello\nworld"\n\n${line}\n`).catch((thrown: unknown) => thrown);

    expect(String(error)).toBe(`LocalEnvironmentError: .belfry.env:4: ${text}`);
    expect(String(error)).not.toContain('hunter2');
  },
);

test.each([
  'https://hooks.example.com/a?b=c',
  'http://127.0.0.1:9911/x',
  'http://localhost:9911',
  'http://[::1]:9911/',
])('an address that alerts can be sent to is taken: %s', async (url) => {
  expect(await read(`BELFRY_ALERTS_WEBHOOK='${url}'`)).toEqual({ BELFRY_ALERTS_WEBHOOK: url });
});

test('all that is wrong with the secrets of channels is said at once', async () => {
  const text = 'BELFRY_ALERTS_SLACK=x\nBELFRY_ALERTS_PAGERDUTY=\nBELFRY_TABLE=y';

  const error = (await read(text).catch((thrown: unknown) => thrown)) as Error;

  expect(error.message.split('\n').map((line) => line.split(' ', 2).join(' '))).toEqual([
    '.belfry.env:3: BELFRY_TABLE:',
    '.belfry.env:1: BELFRY_ALERTS_SLACK',
    '.belfry.env:2: BELFRY_ALERTS_PAGERDUTY',
  ]);
});

test.each(['garbage hunter2', 'hunter2', '=hunter2', 'A hunter2=1', '"hunter2"'])(
  'a line that sets no variable is refused, and not shown: %s',
  async (line) => {
    const error: unknown = await read(`A=1\n# a comment\n${line}\nB=2\n`).catch((thrown: unknown) => thrown);

    expect(String(error)).toBe(
      'LocalEnvironmentError: .belfry.env:3: the line (not shown) sets no variable; write NAME=value, begin a comment with #, or remove it',
    );
  },
);

test('every form that dotenv has is read', async () => {
  const lines = ['\uFEFFA=1', 'export B = 2 # two', "C='a", '', "b = c' # end", 'E=`x', 'y`', '  F=  ', '#G=1'];
  lines.push('H="a#b"', 'D="open');

  expect(Object.keys(await read(lines.join('\n')))).toEqual(['A', 'B', 'C', 'D', 'E', 'F', 'H']);
  expect(await read(lines.join('\r\n'))).toMatchObject({ A: '1', B: '2', D: '"open', F: '', H: 'a#b' });
});
