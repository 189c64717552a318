import { expect, test } from 'vitest';
import { InvalidDropError } from '../../../lib/local/drops.ts';
import { setup } from './support.ts';

const authorization = 'Bearer secret';

async function setupControl() {
  const inputs: unknown[] = [];
  const { send, front } = await setup({
    control: {
      token: 'secret',
      handlers: {
        run: async (input) => {
          inputs.push(input);
          return { started: true };
        },
        fail: async () => {
          throw new Error('no such job');
        },
        refuse: async () => {
          throw new InvalidDropError('there is no schedule "x"');
        },
        nothing: async () => undefined,
      },
    },
  });
  const post = async (name: string, more: object = {}) => {
    const { status, body } = await send({ path: `/_belfry/${name}`, headers: { authorization }, ...more });
    return { status, output: JSON.parse(body.toString()) };
  };
  return { inputs, post, send, front };
}

test('a command takes JSON and gives JSON', async () => {
  const { post, inputs } = await setupControl();

  const answer = await post('run', { body: '{"job":"report"}' });

  expect(answer).toEqual({ status: 200, output: { started: true } });
  expect(inputs).toEqual([{ job: 'report' }]);
});

test('a command may take and give nothing', async () => {
  const { post } = await setupControl();

  expect(await post('nothing')).toEqual({ status: 200, output: null });
});

test.each([undefined, 'Bearer wrong', 'Bearer ', 'secret', 'Basic secret'])(
  'the token is asked for, not %s',
  async (sent) => {
    const { post, inputs } = await setupControl();

    const answer = await post('run', { headers: sent === undefined ? {} : { authorization: sent } });

    expect(answer.status).toBe(401);
    expect(inputs).toEqual([]);
  },
);

test.each([
  ['an unknown command', 'nonsense', {}, 404],
  ['a member of every object', 'constructor', {}, 404],
  ['another method', 'run', { method: 'GET' }, 405],
  ['a body that is not JSON', 'run', { body: '{' }, 400],
])('%s is refused', async (_, name, more, status) => {
  const { post } = await setupControl();

  expect(await post(name, more)).toMatchObject({ status });
});

test('a command that fails answers with its message', async () => {
  const { post } = await setupControl();

  expect(await post('fail')).toEqual({ status: 500, output: { error: 'no such job' } });
});

test('a command that cannot be done as it was sent is refused with what is wrong', async () => {
  const { post } = await setupControl();

  expect(await post('refuse')).toEqual({ status: 400, output: { error: 'there is no schedule "x"' } });
});

test('health needs no token', async () => {
  const { post } = await setupControl();

  expect(await post('health', { method: 'GET', headers: {} })).toEqual({ status: 200, output: { status: 'ok' } });
});

test('a web page cannot command, even with the token', async () => {
  const { post } = await setupControl();

  expect(await post('run', { headers: { authorization, origin: 'https://evil.example' } })).toMatchObject({
    status: 403,
  });
});
