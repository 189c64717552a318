import { createHook } from 'node:async_hooks';
import { fileInImport } from './import-file.ts';
import { packageIn, placeOf, userFrame } from './user-frame.ts';

/** What was begun since tracking was, and has not ended. */
export interface Opened {
  /** Of the innermost `await` in the user's code that still waits: `infra/schedules.ts:5`. */
  readonly waitsAt: string | undefined;
  /** What keeps the process from ending, each with its place: `a timer (functions/report.ts:3)`. */
  readonly keptOpenBy: readonly string[];
}

/** By the type that Node gives a resource; what is not here ends by itself, or is none of the user's. */
const KINDS: Readonly<Record<string, string>> = {
  Timeout: 'a timer',
  TCPWRAP: 'a socket',
  TLSWRAP: 'a socket',
  PIPEWRAP: 'a pipe',
  UDPWRAP: 'a UDP socket',
  TCPSERVERWRAP: 'a server',
  PIPESERVERWRAP: 'a server',
  HTTP2SESSION: 'an HTTP/2 session',
  PROCESSWRAP: 'a child process',
  WORKER: 'a worker thread',
  MESSAGEPORT: 'a message port',
  FSEVENTWRAP: 'a watched file',
  STATWATCHER: 'a watched file',
  TTYWRAP: 'the terminal',
};

interface Begun {
  readonly type: string;
  readonly resource: WeakRef<{ hasRef?: () => boolean }>;
  /** Becomes text when it is asked for, which is dear. */
  readonly trace: { readonly stack?: string };
  readonly file: string | undefined;
}

/** Node's own frames come first. */
const DEPTH = 16;

/**
 * V8 makes a promise for each `Atomics.waitAsync` and drops it where there is nothing to wait for: Node's imports leave many,
 * the more the busier the machine is. The `await` of one that does wait is a promise of its own.
 */
const OF_WAIT_ASYNC = /^ +at waitAsync \(<anonymous>\)$/m;

export interface Tracking {
  opened(): Opened;
  stop(): void;
}

/** Begins to note what code begins: awaits, timers, sockets and the like. @param directory that places are named from */
export function trackOpened(directory: string): Tracking {
  const begun = new Map<number, Begun>();
  const forget = (id: number): void => void begun.delete(id);
  const isPromise = (id: number): boolean => begun.get(id)?.type === 'PROMISE';
  const hook = createHook({
    init(id, type, _trigger, resource) {
      if (type !== 'PROMISE' && !(type in KINDS)) return;
      const trace: { stack?: string } = {};
      const limit = Error.stackTraceLimit;
      Error.stackTraceLimit = DEPTH;
      Error.captureStackTrace(trace);
      Error.stackTraceLimit = limit;
      begun.set(id, { type, resource: new WeakRef(resource), trace, file: fileInImport() });
    },
    // Of an await it is the second that happens, of a promise the first.
    promiseResolve: forget,
    before: (id) => void (isPromise(id) && forget(id)),
    // What nothing can resolve any more is collected, and is just what is looked for.
    destroy: (id) => void (isPromise(id) || forget(id)),
  }).enable();
  return {
    stop: () => void hook.disable(),
    opened() {
      const all = [...begun.values()].reverse();
      const awaits = all.filter(({ type, trace }) => type === 'PROMISE' && !OF_WAIT_ASYNC.test(trace.stack ?? ''));
      const open = all.filter(({ type, resource }) => type !== 'PROMISE' && resource.deref()?.hasRef?.() === true);
      return {
        waitsAt: awaits.map(({ trace }) => placeIn(trace, directory)).find((place) => place !== undefined),
        keptOpenBy: keptOpenBy(open.map((each) => describe(each, directory))),
      };
    },
  };
}

function placeIn({ stack = '' }: Begun['trace'], directory: string): string | undefined {
  const frame = userFrame(stack);
  return frame && placeOf(frame, directory);
}

function describe({ type, trace, file }: Begun, directory: string): string {
  const [place, name] = [placeIn(trace, directory), packageIn(trace.stack ?? '')];
  const whence = place ?? [name && `of the package ${name}`, file && `imported by ${file}`].filter(Boolean).join(', ');
  return whence === '' ? '' : `${KINDS[type]} (${whence})`;
}

/** Where nothing is known of what was opened, Node's own names of all that is open. */
function keptOpenBy(described: readonly string[]): readonly string[] {
  const known = [...new Set(described.filter((each) => each !== ''))];
  return known.length > 0 ? known.reverse() : [...new Set(process.getActiveResourcesInfo())];
}
