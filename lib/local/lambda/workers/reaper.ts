import { type ChildProcess, spawn } from 'node:child_process';

/** Ends the functions' processes when the cloud itself has died without a word. */
export interface Reaper {
  /** @param logStream of a function's process, by which what it has started is known, wherever it went */
  guard(leader: number, logStream?: string): void;
  /** The process has ended: what it started and sent out of its group ends with it, as in Lambda (where there is `/proc`). */
  forget(leader: number): void;
  /** Ends the reaper, and whatever it still guards. */
  close(): void;
}

/**
 * Reads `guard <pid> <log stream>` and `forget <pid> <log stream>` until its input ends, which is when the cloud has
 * gone, however it went; then kills the groups that are left. A shell and not Node, since it costs 2 MB and starts at
 * once. A child that leads a session of its own is in no group that is known here: it has the function's variables, and
 * the name of the log stream among them is the environment's own.
 */
const script = `
trap '' HUP INT TERM
set -f
sweep() {
  [ -n "$1" ] || return
  set +f
  for found in $(grep -lzxF -- "AWS_LAMBDA_LOG_STREAM_NAME=$1" /proc/[0-9]*/environ 2>/dev/null); do
    found=\${found#/proc/}
    kill -s KILL "\${found%/environ}" 2>/dev/null
  done
  set -f
}
guarded=
while read -r what leader stream; do
  left=
  for other in $guarded; do [ "$other" = "$leader:$stream" ] || left="$left $other"; done
  guarded=$left
  case $what in
    guard) guarded="$guarded $leader:$stream" ;;
    forget) sweep "$stream" ;;
  esac
done
for each in $guarded; do
  kill -s KILL -- "-\${each%%:*}" 2>/dev/null
  sweep "\${each#*:}"
done
`;

/**
 * A frozen function cannot notice that the cloud has died: a stopped process runs nothing, not even the
 * handler of its closed channel. The kernel wakes a stopped process whose group has lost its last tie to its
 * session, but these groups, being sessions of their own, never had one. So somebody awake has to see to it.
 */
export function startReaper(): Reaper {
  const guarded = new Map<number, string>();
  let shell = spawnShell();
  let isClosed = false;

  function spawnShell(): ChildProcess {
    const child = spawn('/bin/sh', ['-c', script], { detached: true, stdio: ['pipe', 'ignore', 'ignore'], env: {} });
    child.unref();
    // Its death shows as an exit; that the pipe to it is broken adds nothing.
    child.stdin?.on('error', () => {});
    child.on('error', () => {});
    child.on('exit', () => {
      if (isClosed) return;
      shell = spawnShell();
      for (const [leader, logStream] of guarded) shell.stdin?.write(`guard ${leader} ${logStream}\n`);
    });
    return child;
  }

  return {
    guard(leader, logStream = '') {
      guarded.set(leader, logStream);
      shell.stdin?.write(`guard ${leader} ${logStream}\n`);
    },
    forget(leader) {
      shell.stdin?.write(`forget ${leader} ${guarded.get(leader) ?? ''}\n`);
      guarded.delete(leader);
    },
    close() {
      isClosed = true;
      shell.stdin?.end();
    },
  };
}
