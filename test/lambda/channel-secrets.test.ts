import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, test } from 'vitest';
import { createChannelSecrets } from '../../lib/lambda/channel-secrets.ts';
import { MINUTE, milliseconds } from '../../lib/units.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

const manager = mockClient(SecretsManagerClient);
const ssm = mockClient(SSMClient);
const clock = new VirtualClock('2027-03-02T02:00:00Z');

beforeEach(() => {
  manager.reset();
  ssm.reset();
});

const reader = (variables = {}) => createChannelSecrets({ variables, now: () => clock.now() });

test('a parameter is read decrypted', async () => {
  ssm.on(GetParameterCommand, { Name: '/a', WithDecryption: true }).resolves({ Parameter: { Value: 'hunter2' } });

  expect(await reader()({ ssm: '/a' }, 'X')).toBe('hunter2');
});

test('a secret is read whole, or one field of it', async () => {
  manager.on(GetSecretValueCommand, { SecretId: 'a' }).resolves({ SecretString: '{"url":"hunter2"}' });

  expect(await reader()({ secretsManager: 'a' }, 'X')).toBe('{"url":"hunter2"}');
  expect(await reader()({ secretsManager: 'a', field: 'url' }, 'X')).toBe('hunter2');
});

test.each([
  ['no JSON', 'hunter2'],
  ['no such field', '{"other":"hunter2"}'],
  ['a field of every object', '{}'],
  ['no text', '{"url":7}'],
])('of a secret with %s nothing is shown', async (_case, SecretString) => {
  manager.on(GetSecretValueCommand).resolves({ SecretString });
  const field = SecretString === '{}' ? 'constructor' : 'url';

  const reading = reader()({ secretsManager: 'a', field }, 'X');

  await expect(reading).rejects.toMatchObject({ name: 'SecretIsEmptyError', message: 'the secret has no text there' });
});

test('a secret that was replaced is used after five minutes, and one that could not be read is asked for at once', async () => {
  ssm
    .on(GetParameterCommand)
    .rejectsOnce(new Error('no'))
    .resolvesOnce({ Parameter: { Value: 'one' } })
    .resolves({ Parameter: { Value: 'two' } });
  const read = reader();

  await expect(read({ ssm: '/a' }, 'X')).rejects.toThrow('no');
  expect(await read({ ssm: '/a' }, 'X')).toBe('one');
  await clock.advanceBy(milliseconds(5 * MINUTE - 1));
  expect(await read({ ssm: '/a' }, 'X')).toBe('one');
  await clock.advanceBy(milliseconds(1));

  expect(await read({ ssm: '/a' }, 'X')).toBe('two');
});

test('a variable wins, and nobody is asked', async () => {
  expect(await reader({ X: 'local' })({ ssm: '/a' }, 'X')).toBe('local');

  expect(ssm.calls()).toEqual([]);
});
