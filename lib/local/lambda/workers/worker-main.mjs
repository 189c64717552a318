// @ts-check
/**
 * The inside of a Lambda execution environment: what AWS's runtime does around a handler.
 *
 * Plain JavaScript, since plain `node` runs it: a compiler at each start would cost more than the start itself.
 * It imports nothing of Belfry: what a handler meets here is Node and its own bundle, as in Lambda.
 *
 * The other side is execution-environment.ts; the messages are typed in worker-protocol.ts.
 */
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** @typedef {import('./worker-protocol.ts').ToWorker} ToWorker */
/** @typedef {import('./worker-protocol.ts').FromWorker} FromWorker */
/** @typedef {Extract<ToWorker, { kind: 'start' }>} Start */

// What the job does to these later does not concern the runtime.
const send = process.send?.bind(process);
const { stdout, stderr } = process;
const writers = [stdout.write.bind(stdout), stderr.write.bind(stderr)];

/** @param {FromWorker} message @param {() => void} [then] */
const tell = (message, then) => send?.(message, undefined, undefined, then);

/** @param {unknown} thrown */
function describe(thrown) {
  try {
    if (!(thrown instanceof Error)) return { type: typeof thrown, message: String(thrown), trace: [] };
    const { name: type, message, stack = '' } = thrown;
    return { type: String(type), message: String(message), trace: [...String(stack).split('\n'), ...behind(thrown)] };
  } catch {
    return { type: typeof thrown, message: 'what was thrown cannot be read', trace: [] };
  }
}

/** How many errors behind one are told. */
const MAX_CAUSES = 10;

/** A line for each error behind one: its causes, and those that an `AggregateError` is made of. */
/** @param {Error} error */
function behind(error) {
  const found = new Set([/** @type {unknown} */ (error)]);
  // A set that grows while it is walked is walked to its end.
  for (const each of found) {
    if (!(each instanceof Error)) continue;
    const errors = each instanceof AggregateError ? each.errors : [];
    for (const one of [...errors, ...(each.cause === undefined ? [] : [each.cause])])
      if (found.size <= MAX_CAUSES) found.add(one);
  }
  return [...found].slice(1).map((each) => `caused by ${each instanceof Error ? String(each) : typeof each}`);
}

/** As Lambda's runtime finds it: `dir/index.handler` is the export `handler` of `dir/index.js`, `.mjs` or `.cjs`. */
/** @param {Start} start */
async function load({ directory, handler }) {
  const name = basename(handler);
  const dot = name.indexOf('.');
  const module = join(directory, dirname(handler), name.slice(0, dot));
  const file = ['.js', '.mjs', '.cjs'].map((extension) => module + extension).find((path) => existsSync(path));
  if (dot < 0 || file === undefined) {
    throw named('Runtime.ImportModuleError', `there is no module for the handler "${handler}" in ${directory}`);
  }
  const imported = await import(pathToFileURL(file).href);
  const found = name
    .slice(dot + 1)
    .split('.')
    .reduce((value, key) => value?.[key], imported.default?.[name.slice(dot + 1)] ? imported.default : imported);
  if (typeof found !== 'function') {
    throw named('Runtime.HandlerNotFound', `${handler} is undefined or not a function`);
  }
  return found;
}

/** @param {string} name @param {string} message */
const named = (name, message) => Object.assign(new Error(message), { name });

/** @param {(event: unknown, context: object) => unknown} handler @param {Start} start */
const serve =
  (handler, start) =>
  /** @param {Extract<ToWorker, { kind: 'invoke' }>} invocation */
  async ({ requestId, event, deadline }) => {
    const context = {
      callbackWaitsForEmptyEventLoop: true,
      functionName: start.functionName,
      functionVersion: '$LATEST',
      invokedFunctionArn: start.functionArn,
      memoryLimitInMB: String(start.memoryMb),
      awsRequestId: requestId,
      logGroupName: start.logGroup,
      logStreamName: start.logStream,
      getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
    };
    const answer = await settle(handler, JSON.parse(event), context);
    // All that was written before comes before this on the same pipe: the other side knows by it that it has read everything.
    for (const write of writers) write(`${start.marker}${requestId}\n`);
    tell(answer);
  };

/** @param {(event: unknown, context: object) => unknown} handler @param {unknown} event @param {object} context @returns {Promise<FromWorker>} */
async function settle(handler, event, context) {
  try {
    const result = await handler(event, context);
    return { kind: 'succeeded', payload: stringify(result) };
  } catch (thrown) {
    return { kind: 'failed', error: describe(thrown) };
  }
}

/** @param {unknown} result */
function stringify(result) {
  try {
    return JSON.stringify(result) ?? 'null';
  } catch (error) {
    throw named('Runtime.MarshalError', `Unable to stringify response body: ${String(error)}`);
  }
}

/** @param {string} type @param {number} code */
const crash = (type, code) => (/** @type {unknown} */ thrown) => {
  const error = describe(thrown);
  tell({ kind: 'crashed', error: { ...error, type, message: `${error.type}: ${error.message}` } }, () =>
    process.exit(code),
  );
};

process.on('uncaughtException', crash('Runtime.UncaughtException', 129));
process.on('unhandledRejection', crash('Runtime.UnhandledPromiseRejection', 128));

// The cloud has died: the whole group ends, children of the job too.
process.on('disconnect', () => process.kill(-process.pid, 'SIGKILL'));

/** @type {ReturnType<typeof serve> | undefined} */
let invoke;

process.on('message', async (/** @type {ToWorker} */ message) => {
  if (message.kind === 'invoke') return invoke?.(message);
  try {
    invoke = serve(await load(message), message);
    tell({ kind: 'ready' });
  } catch (thrown) {
    tell({ kind: 'init-failed', error: describe(thrown) });
  }
});
