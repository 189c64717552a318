import { formatRunMessage } from '../../run/message.ts';
import type { RunRequest } from '../../run/ports.ts';
import type { RunQueue, SendOptions } from '../../run/queue.ts';
import { type Seconds, seconds } from '../../units.ts';

/** A message as a queue holds it. */
export interface SentMessage {
  readonly job: string;
  readonly body: string;
  readonly delay: Seconds;
}

/** The queues of all jobs in memory: for tests and simulations, which deliver what they find here. */
export class MemoryRunQueue implements RunQueue {
  readonly messages: SentMessage[] = [];

  async send(run: RunRequest, { delay = seconds(0) }: SendOptions = {}): Promise<void> {
    this.messages.push({ job: run.job, body: formatRunMessage(run), delay });
  }
}
