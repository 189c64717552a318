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
  const variables = await read('BELFRY_ALERTS_SLACK=https://a\nBELFRY_ALERTS_TEAMS=\nGREETING=hello\n');

  expect(channelVariablesIn(variables)).toEqual(['BELFRY_ALERTS_SLACK']);
  expect(withoutChannels(variables)).toEqual({ GREETING: 'hello' });
  await expect(read('BELFRY_TABLE=x')).rejects.toThrow('BELFRY_TABLE: the cloud sets this itself');
});

test('a misspelt channel is refused with those that there are, and without its value', async () => {
  await expect(read('BELFRY_ALERTS_SLAK=https://hunter2')).rejects.toThrow(
    '.belfry.env: BELFRY_ALERTS_SLAK is not read; channels for alerts are BELFRY_ALERTS_SLACK, BELFRY_ALERTS_TEAMS, BELFRY_ALERTS_WEBHOOK, BELFRY_ALERTS_WEBHOOK_SECRET, BELFRY_ALERTS_PAGERDUTY',
  );
});

test.each(['BELFRY_ALERTS_WEBHOOK_SECRET=hunter2', 'BELFRY_ALERTS_WEBHOOK=\nBELFRY_ALERTS_WEBHOOK_SECRET=hunter2'])(
  'a secret of a channel that has no address is refused, without its value: %j',
  async (text) => {
    const error: unknown = await read(text).catch((thrown: unknown) => thrown);

    expect(String(error)).toContain(
      '.belfry.env: BELFRY_ALERTS_WEBHOOK_SECRET has no use alone: set BELFRY_ALERTS_WEBHOOK to the address that it is for, or remove it',
    );
    expect(String(error)).not.toContain('hunter2');
  },
);

test('a secret of a channel beside its address, and one without a value, are no error', async () => {
  const both = 'BELFRY_ALERTS_WEBHOOK=https://a\nBELFRY_ALERTS_WEBHOOK_SECRET=b\n';

  expect(channelVariablesIn(await read(both))).toEqual(['BELFRY_ALERTS_WEBHOOK', 'BELFRY_ALERTS_WEBHOOK_SECRET']);
  expect(channelVariablesIn(await read('BELFRY_ALERTS_WEBHOOK_SECRET=\n'))).toEqual([]);
});
