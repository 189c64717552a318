import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { placesBelow } from '../../lib/run/name-places.ts';
import { cut, errorLine, errorLines, toRunError } from '../../lib/run/run-error.ts';

/** An error with a stack as a bundle's has it, whatever Node this runs on. */
function withFrames<Kind extends Error>(error: Kind, frames: readonly string[]): Kind {
  error.stack = [`${error.name}: ${error.message}`, ...frames.map((frame) => `    at ${frame}`)].join('\n');
  return error;
}

const inTask = placesBelow('/var/task');

describe('a text that is cut', () => {
  test('says that it was cut, and stays within its length', () => {
    expect(cut('abcdef', 4)).toBe('abc…');
    expect(cut('abcd', 4)).toBe('abcd');
  });

  // SQS refuses it (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html), and with it the dead letter.
  test('never holds half a character, neither cut by us nor brought along', () => {
    expect(cut('ab🔔cd', 4)).toBe('ab\ufffd…');
    expect(cut('a\ud83db', 9)).toBe('a\ufffdb');
    expect(cut('a🔔b', 9)).toBe('a🔔b');
    expect(toRunError(new Error(`${'x'.repeat(998)}🔔!`)).message).toMatch(/x\ufffd…$/);
  });
});

describe('what is behind an error', () => {
  test('is recorded cause by cause, with names, messages and codes', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED 10.0.0.7:5432'), { code: 'ECONNREFUSED' });
    const failed = new TypeError('fetch failed', { cause: refused });

    expect(toRunError(new Error('no report', { cause: failed })).causes).toEqual([
      { depth: 1, name: 'TypeError', message: 'fetch failed' },
      { depth: 2, name: 'Error', message: 'connect ECONNREFUSED 10.0.0.7:5432', code: 'ECONNREFUSED' },
    ]);
  });

  test('is recorded of each error of an AggregateError, before the cause of it', () => {
    const parts = [new Error('one', { cause: new Error('below') }), new Error('two')];
    const error = new AggregateError(parts, 'all failed', { cause: 'a text' });

    expect(toRunError(error).causes).toEqual([
      { depth: 1, name: 'Error', message: 'one' },
      { depth: 2, name: 'Error', message: 'below' },
      { depth: 1, name: 'Error', message: 'two' },
      { depth: 1, name: 'NonError', message: '"a text"' },
    ]);
  });

  test('is not taken from a list of errors that has none, as validators have', () => {
    const error = Object.assign(new Error('invalid'), { errors: [{ path: 'a', token: 'secret' }, 'text'] });

    expect(toRunError(error).causes).toBeUndefined();
  });

  test('ends where it comes back to itself', () => {
    const error = new Error('a');
    error.cause = new Error('b', { cause: error });

    expect(toRunError(error).causes).toEqual([{ depth: 1, name: 'Error', message: 'b' }]);
  });

  test('has at most five levels and ten entries, each message of at most 300 characters', () => {
    let deep = new Error('the deepest');
    for (let level = 0; level < 100; level++) deep = new Error(`level ${level}`, { cause: deep });
    const wide = new AggregateError(Array.from({ length: 1_000 }, () => new Error('x'.repeat(100_000))));

    expect(toRunError(deep).causes?.map(({ depth }) => depth)).toEqual([1, 2, 3, 4, 5]);
    expect(toRunError(wide).causes).toHaveLength(10);
    expect(toRunError(wide).causes?.[0]?.message).toHaveLength(300);
  });

  test('names an object that is not an error by its keys, and never by its values', () => {
    const error = new Error('no', { cause: { token: 'canary', password: 'canary' } });

    const recorded = toRunError(error);

    expect(recorded.causes).toEqual([
      { depth: 1, name: 'NonError', message: 'an object with the keys token, password' },
    ]);
    expect(JSON.stringify(recorded)).not.toContain('canary');
  });
});

describe('whatever is thrown', () => {
  const hostile = new Proxy(new Error('x'), {
    get() {
      throw new Error('a trap');
    },
    getPrototypeOf() {
      throw new Error('a trap');
    },
  });
  const revocable = Proxy.revocable({}, {});
  revocable.revoke();

  test.each([
    { what: 'a text', thrown: 'no', name: 'NonError', message: '"no"' },
    { what: 'nothing', thrown: undefined, name: 'NonError', message: 'undefined' },
    { what: 'null', thrown: null, name: 'NonError', message: 'null' },
    { what: 'a symbol', thrown: Symbol('s'), name: 'NonError', message: 'Symbol(s)' },
    { what: 'an object', thrown: { token: 1 }, name: 'NonError', message: 'an object with the keys token' },
    { what: 'a revoked proxy', thrown: revocable.proxy, name: 'NonError', message: '(cannot be read)' },
    { what: 'a proxy whose traps throw', thrown: hostile, name: 'NonError', message: 'an object with the keys ' },
    {
      what: 'an error of another realm',
      thrown: runInNewContext('new RangeError("far")'),
      name: 'RangeError',
      message: 'far',
    },
    {
      what: 'an aborted signal',
      thrown: AbortSignal.abort().reason,
      name: 'AbortError',
      message: 'This operation was aborted',
    },
  ])('is recorded: $what', ({ thrown, name, message }) => {
    expect(toRunError(thrown)).toMatchObject({ name, message });
  });

  test('keeps what can be read of an error whose getters throw', () => {
    const error = withFrames(new TypeError('x'), ['run (/var/task/functions/a.ts:1:2)']);
    Object.defineProperty(error, 'message', {
      get() {
        throw new Error('a getter');
      },
    });
    Object.defineProperty(error, 'cause', {
      get() {
        throw new Error('a getter');
      },
    });

    expect(toRunError(error, inTask)).toMatchObject({
      name: 'TypeError',
      message: '(cannot be read)',
      at: 'functions/a.ts:1:2',
    });
  });

  test.each([
    { code: 'ECONNREFUSED', kept: 'ECONNREFUSED' },
    { code: 14, kept: '14' },
    { code: 'a text with a secret in it', kept: undefined },
    { code: { deep: 1 }, kept: undefined },
    { code: 'x'.repeat(101), kept: undefined },
  ])('keeps a code only if it is a word: $code', ({ code, kept }) => {
    expect(toRunError(Object.assign(new Error('no'), { code })).code).toBe(kept);
  });
});

describe('the stack of an error', () => {
  const FRAMES = [
    'node:internal/deps/undici/undici:14976:13',
    'process.processTicksAndRejections (node:internal/process/task_queues:95:5)',
    'Client.query (/var/task/node_modules/pg/lib/client.js:1:1)',
    'async Object.run (/var/task/functions/(billing)/report.ts:12:9)',
    'async attempt (/var/task/node_modules/belfry/lib/run/attempt.ts:1:1)',
  ];

  test('has paths from the project, and no lines of packages, whose maps have none', () => {
    expect(toRunError(withFrames(new Error('no'), FRAMES), inTask).stack?.split('\n')).toEqual([
      'at node:internal/deps/undici/undici:14976:13',
      'at process.processTicksAndRejections (node:internal/process/task_queues:95:5)',
      'at Client.query (node_modules/pg/lib/client.js)',
      'at async Object.run (functions/(billing)/report.ts:12:9)',
      'at async attempt (node_modules/belfry/lib/run/attempt.ts)',
    ]);
  });

  test("gives the first place of the user's code, past Node's and packages'", () => {
    expect(toRunError(withFrames(new Error('no'), FRAMES), inTask).at).toBe('functions/(billing)/report.ts:12:9');
  });

  test.each([
    ['/var/task/functions/report.ts:3:5', 'functions/report.ts:3:5'],
    ['async /var/task/functions/report.ts:3:5', 'functions/report.ts:3:5'],
    ['new Client (/var/task/functions/my files/a b.ts:3:5)', 'functions/my files/a b.ts:3:5'],
    ['Object.run [as x] (/var/task/[..]/shared/dates.ts:3:5)', '[..]/shared/dates.ts:3:5'],
    ['async Promise.all (index 0)', undefined],
    ['new Promise (<anonymous>)', undefined],
    ['eval (eval at run (/var/task/functions/a.ts:1:1), <anonymous>:1:1)', undefined],
    ['t (file:///var/task/shared/3b5ac09b.mjs:5:1200)', undefined],
    ['Client.query (/var/task/node_modules/pg/lib/client.js:7:1)', undefined],
    ['Client.query (/opt/nodejs/node_modules/pg/lib/client.js:7:1)', undefined],
  ])('reads the place of the frame %s', (frame, place) => {
    expect(toRunError(withFrames(new Error('no'), [frame]), inTask).at).toBe(place);
  });

  test('is searched in the causes where the error itself came from nowhere near', () => {
    const cause = withFrames(new Error('deep'), ['run (/var/task/functions/a.ts:1:2)']);
    const error = withFrames(new Error('no', { cause }), ['Socket.end (node:net:1:1)']);

    expect(toRunError(error, inTask).at).toBe('functions/a.ts:1:2');
  });

  test('is not crowded out by a huge message, nor imitated by the lines of a message', () => {
    const message = `${'x'.repeat(2_000_000)}\n    at forged (/var/task/functions/forged.ts:1:1)\n`;
    const error = withFrames(new Error(message), ['run (/var/task/functions/a.ts:1:2)']);

    expect(toRunError(error, inTask)).toMatchObject({ at: 'functions/a.ts:1:2', stack: 'at run (functions/a.ts:1:2)' });
  });

  test('has its place past the lines of a message that was replaced later', () => {
    const error = withFrames(new Error('cannot log in\n    at https://user:pass@db:5432:1'), [
      'run (/var/task/functions/a.ts:1:2)',
    ]);
    error.message = 'redacted';

    expect(toRunError(error, inTask)).toMatchObject({ message: 'redacted', at: 'functions/a.ts:1:2' });
  });

  test.each([
    'https://user:pass@db:5432:1',
    'login (https://db/secret.ts:1:1)',
    'secret.ts:1:1',
    'login (secret.js:1:1)',
    'async /srv/secret.ts:1:1',
    '/secret/var/task/a.ts:1:1',
    '/var/task/a.ts?key=secret:1:1',
    '/var/task/secret:1:1',
    '/var/task/users.csv:1:1',
    '/var/task/user:secret@db/a.ts:1:1',
    '/var/task/https://db/secret.ts:1:1',
    '/var/task/a.ts:1:1 for the user secret',
  ])('has no place in %s, which may be a text', (line) => {
    expect(toRunError(withFrames(new Error('no'), [line]), inTask).at).toBeUndefined();
  });

  test('is cut at 4,000 characters', () => {
    const error = withFrames(
      new Error('no'),
      Array.from({ length: 5_000 }, () => 'run (/var/task/functions/a.ts:1:2)'),
    );

    expect(toRunError(error, inTask).stack).toHaveLength(4_000);
  });

  test('is left out where it is not a text', () => {
    expect(toRunError(Object.assign(new Error('no'), { stack: undefined }))).toEqual({ name: 'Error', message: 'no' });
  });
});

describe('an error in lines', () => {
  test('is one line, whatever its message has', () => {
    const error = { name: 'Error', message: 'first\r\n\tsecond\u2028third\u001b[31m\u0000' };

    expect(errorLine(error)).toBe('Error: first second third [31m');
  });

  test('has its code, unless the message says it, and no colon without a message', () => {
    expect(errorLine({ name: 'AggregateError', message: '', code: 'ECONNREFUSED' })).toBe(
      'AggregateError (ECONNREFUSED)',
    );
    expect(errorLine({ name: 'Error', message: 'connect ECONNREFUSED', code: 'ECONNREFUSED' })).toBe(
      'Error: connect ECONNREFUSED',
    );
  });

  test('has a line for its place and for each error behind it, none longer than asked for', () => {
    const error = {
      name: 'TypeError',
      message: 'x'.repeat(1_000),
      at: 'functions/report.ts:12:9',
      stack: 'at run (functions/report.ts:12:9)',
      causes: [
        { depth: 1, name: 'Error', message: 'one\nline' },
        { depth: 2, name: 'Error', message: 'deeper' },
      ],
    };

    const [first, ...others] = errorLines(error, 40);

    expect(first).toHaveLength(40);
    expect(others).toEqual(['at functions/report.ts:12:9', 'caused by Error: one line', '  caused by Error: deeper']);
  });
});
