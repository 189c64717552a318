import type { RunPorts } from '../../../lib/run/delivery.ts';
import { formatRunMessage, parseRunMessage } from '../../../lib/run/message.ts';
import type { Leaving } from '../../../lib/run/overlap/gate.ts';
import type { Once } from '../../../lib/run/ports.ts';
import type { MemoryLockStore } from '../../../lib/store/memory/memory-lock-store.ts';
import type { MemoryRunStore } from '../../../lib/store/memory/memory-run-store.ts';
import { type Backend, memoryBackend } from './backend.ts';
import * as stores from './mutant-stores.ts';

/** A protocol that is broken on purpose, at one place. */
export interface Mutant {
  readonly name: string;
  create(): Backend;
}

/** Acknowledges while the outcome is still on its way to the table. */
function settlesLater(ports: RunPorts): RunPorts {
  const once: Once = async (request, work) => {
    const claim = await ports.runs.claim(request);
    if (claim.kind !== 'claimed') return claim;
    const done = await work(claim);
    ports.runs.settle(claim, done.settlement).catch(() => {});
    return { kind: 'settled', claimed: claim, work: done };
  };
  return { ...ports, once };
}

/** Sends the dead letter before the run is marked as failed. */
function sendsTheDeadLetterFirst(ports: RunPorts): RunPorts {
  const once: Once = (request, work) =>
    ports.once(request, async (claimed) => {
      const done = await work(claimed);
      const { settlement } = done;
      if (settlement.status === 'failed') {
        const body = formatRunMessage(request.request);
        const deadLetter = { body, run: claimed.record.id, attempts: 0, error: settlement.error };
        await ports.reporter.sendDeadLetter(deadLetter).catch(() => {});
      }
      return done;
    });
  return { ...ports, once };
}

/** Does not mind a dead letter that could not be sent. */
function forgetsTheDeadLetter(ports: RunPorts): RunPorts {
  const { reporter } = ports;
  return {
    ...ports,
    reporter: { ...reporter, sendDeadLetter: (deadLetter) => reporter.sendDeadLetter(deadLetter).catch(() => {}) },
  };
}

/** Says in the attributes of a dead letter alone how many attempts its run had made. */
function sendsNoStory(ports: RunPorts): RunPorts {
  const { reporter } = ports;
  return {
    ...ports,
    reporter: {
      ...reporter,
      sendDeadLetter(letter) {
        const { deadLetter: _, ...message } = parseRunMessage(letter.body);
        return reporter.sendDeadLetter({ ...letter, body: formatRunMessage(message) });
      },
    },
  };
}

/** Makes another attempt after one that timed out, whatever the job says. */
function retriesTimeoutsAlways(ports: RunPorts): RunPorts {
  const retriesLost = ports.policy.onTimeout === 'retry';
  return {
    ...ports,
    policy: { ...ports.policy, onTimeout: 'retry' },
    once: (request, work) => ports.once({ ...request, retriesLost }, work),
  };
}

/** Frees the lock before the outcome is recorded. */
function freesTheLockFirst(ports: RunPorts): RunPorts {
  const once: Once = (request, work) =>
    ports.once(request, async (claimed) => {
      const done = await work(claimed);
      const { hold } = done as Pick<Leaving, 'hold'>;
      if (hold !== undefined)
        await ports.gate.leave({ run: claimed.record, hold, now: ports.clock.now() }).catch(() => {});
      return done;
    });
  return { ...ports, once };
}

/** Acknowledges a run that waits without a look at the lock after it is marked: one before it joined is thought to do. */
const looksBeforeJoining = (ports: RunPorts): RunPorts => ({
  ...ports,
  gate: {
    ...ports.gate,
    async enter(entering) {
      const entry = await ports.gate.enter(entering);
      return entry.kind === 'wait' ? { ...entry, isKept: async () => true } : entry;
    },
  },
});

/** Judges a later attempt by the overlap policy. */
const appliesThePolicyToRetries = (ports: RunPorts): RunPorts => ({
  ...ports,
  gate: { ...ports.gate, enter: (entering) => ports.gate.enter({ ...entering, isFirst: true }) },
});

/** Judges a requested run as one that a schedule made due. */
const skipsRequestedRuns = (ports: RunPorts): RunPorts => ({
  ...ports,
  gate: {
    ...ports.gate,
    enter(entering) {
      const { claimed } = entering;
      return ports.gate.enter({
        ...entering,
        claimed: { ...claimed, record: { ...claimed.record, trigger: 'schedule' } },
      });
    },
  },
});

/** Frees the lock between attempts. */
const dropsTheLockInBackoff = (ports: RunPorts): RunPorts => ({
  ...ports,
  gate: { ...ports.gate, leave: ({ nextAttemptAt: _, ...leaving }) => ports.gate.leave(leaving) },
});

/** Leaves the lock only with the hold on it: a delivery of a run that has ended does not. */
const leavesOnlyOnce = (ports: RunPorts): RunPorts => ({
  ...ports,
  gate: { ...ports.gate, leave: async (leaving) => leaving.hold && (await ports.gate.leave(leaving)) },
});

const ofRuns = (Runs: new () => MemoryRunStore): Mutant => ({
  name: Runs.name,
  create: () => memoryBackend({ runs: new Runs() }),
});
const ofLocks = (Locks: new () => MemoryLockStore): Mutant => ({
  name: Locks.name,
  create: () => memoryBackend({ locks: new Locks() }),
});
const ofProtocol = (change: (ports: RunPorts) => RunPorts): Mutant => ({
  name: change.name,
  create: () => memoryBackend({ change }),
});

/** Each must be found out by the auditor. One that is not shows a hole in the simulation. */
export const MUTANTS: readonly Mutant[] = [
  ...[
    stores.SettlesForAnybody,
    stores.DisownsItsClaim,
    stores.CountsTwice,
    stores.IgnoresTheLease,
    stores.ShortLease,
    stores.ClosesAnybody,
    stores.OpensARoundForAnyLetter,
    stores.OpensARoundForAnyMessage,
    stores.ForgetsTheRound,
    stores.RetriesWhatWasLost,
    stores.SharesTheDeadLetter,
    stores.TakesAnybodysDeadLetter,
    stores.NeverTakesADeadLetter,
    stores.KeepsWhatIsGivenBack,
  ].map(ofRuns),
  ...[
    stores.ReleasesWithoutToken,
    stores.ReleasesAnybody,
    stores.LocksNothing,
    stores.ForgetsTheClaim,
    stores.TakesOverFromAnybody,
    stores.DisownsItsTakeover,
    stores.NeverLetsGo,
    stores.ForgetsItsTokens,
    stores.PopsBeforeSending,
    stores.WakesNobody,
    stores.WaitsForAsked,
  ].map(ofLocks),
  ...[
    sendsNoStory,
    retriesTimeoutsAlways,
    settlesLater,
    sendsTheDeadLetterFirst,
    forgetsTheDeadLetter,
    freesTheLockFirst,
    looksBeforeJoining,
    appliesThePolicyToRetries,
    dropsTheLockInBackoff,
    skipsRequestedRuns,
    leavesOnlyOnce,
  ].map(ofProtocol),
  {
    name: 'acknowledgesBeforeItIsInLine',
    create: () => memoryBackend({ locks: new stores.ForgetsToJoin(), change: looksBeforeJoining }),
  },
];
