import type { RunPorts } from '../../../lib/run/delivery.ts';
import { executeRun } from '../../../lib/run/execute-run.ts';
import { parseRunMessage } from '../../../lib/run/message.ts';
import type { LockView } from '../../../lib/run/ports.ts';
import { deliveryTimeouts } from '../../../lib/run/timeouts.ts';
import type { Event } from './journal.ts';
import type { Network } from './network.ts';
import type { SimulatedProcess } from './simulated-process.ts';
import type { Receipt, SimulatedQueue } from './simulated-queue.ts';

export interface Surroundings {
  readonly process: SimulatedProcess;
  readonly ports: RunPorts;
  readonly queue: SimulatedQueue;
  readonly network: Pick<Network, 'call'>;
  readonly note: (event: Event) => void;
  readonly peekLock: () => LockView;
}

/** What `lib/lambda` does with one message around `executeRun`, and Lambda with the answer. */
export async function deliver(
  receipt: Receipt,
  { process, ports, queue, network, note, peekLock }: Surroundings,
): Promise<void> {
  const { id } = process;
  const quietly = async (name: string, action: () => void): Promise<void> => {
    try {
      await network.call({ process, service: 'sqs', name, apply: async () => action() });
    } catch {
      // As the handler does: the message shows again by itself.
    }
  };
  const hideUntil = (instant: number) => {
    const length = Math.max(0, Math.ceil((instant - process.clock.now()) / 1000)) * 1000;
    return quietly('hide', () => queue.changeVisibility(receipt, length));
  };

  const deadline = process.toOwnTime(process.deadline);
  const shielded = hideUntil(deliveryTimeouts(ports.policy, process.clock.now(), deadline).redeliverAt);
  const { receiveCount } = receipt;
  const ids = { owner: id, logStream: id, requestId: id };
  const request = parseRunMessage(receipt.body);
  const deadLetterAttempts = request.deadLetter?.attempts ?? receipt.attempts;
  const { disposition, mustExit } = await executeRun(
    { request, receiveCount, deadLetterAttempts, deadline, ...ids },
    ports,
  );
  await shielded;

  const isDone = disposition.kind === 'acknowledge';
  if (disposition.kind === 'postpone') await hideUntil(disposition.until);
  if (mustExit) {
    if (isDone) await quietly('delete', () => queue.delete(receipt));
    process.die();
    return;
  }
  await quietly('answer', () => {
    const { storeCalls, troubles, lockTroubles } = process;
    note({ kind: 'answered', process: id, storeCalls, troubles, lockTroubles, lock: peekLock() });
    if (isDone) queue.delete(receipt);
  });
}
