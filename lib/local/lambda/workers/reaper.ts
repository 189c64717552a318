import { type ChildProcess, spawn } from 'node:child_process';

/** Ends the functions' processes when the cloud itself has died without a word. */
export interface Reaper {
  guard(leader: number): void;
  forget(leader: number): void;
  /** Ends the reaper, and whatever it still guards. */
  close(): void;
}

/**
 * Reads `guard <pid>` and `forget <pid>` until its input ends, which is when the cloud has gone, however it
 * went; then kills the groups that are left. A shell and not Node, since it costs 2 MB and starts at once.
 */
const script = `
trap '' HUP INT TERM
guarded=
while read -r what leader; do
  left=
  for other in $guarded; do [ "$other" = "$leader" ] || left="$left $other"; done
  guarded=$left
  [ "$what" = guard ] && guarded="$guarded $leader"
done
for leader in $guarded; do kill -s KILL -- "-$leader" 2>/dev/null; done
`;

/**
 * A frozen function cannot notice that the cloud has died: a stopped process runs nothing, not even the
 * handler of its closed channel. The kernel wakes a stopped process whose group has lost its last tie to its
 * session, but these groups, being sessions of their own, never had one. So somebody awake has to see to it.
 */
export function startReaper(): Reaper {
  const guarded = new Set<number>();
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
      for (const leader of guarded) shell.stdin?.write(`guard ${leader}\n`);
    });
    return child;
  }

  return {
    guard(leader) {
      guarded.add(leader);
      shell.stdin?.write(`guard ${leader}\n`);
    },
    forget(leader) {
      guarded.delete(leader);
      shell.stdin?.write(`forget ${leader}\n`);
    },
    close() {
      isClosed = true;
      shell.stdin?.end();
    },
  };
}
