import { randomUUID } from 'node:crypto';
import { type EpochMs, seconds, toMilliseconds } from '../../units.ts';
import { asArrival, type QueueMessage } from './message.ts';
import type { Queue } from './queue.ts';
import type { QueueSet } from './queue-set.ts';

/** A move of messages out of a dead-letter queue, as ListMessageMoveTasks tells of it. */
export interface MessageMove {
  readonly handle: string;
  readonly source: Queue;
  /** Absent: each message goes back to the queue it came from. */
  readonly destination: Queue | undefined;
  readonly perSecond: number;
  readonly startedAt: EpochMs;
  readonly toMove: number;
  moved: number;
  status: 'RUNNING' | 'COMPLETED' | 'CANCELLED' | 'FAILED';
  failureReason?: string;
  /** The timer of the next second's share. */
  nextStep?: { cancel(): void };
}

/** Why a request was refused, in SQS's words. */
export interface SqsFault {
  readonly code: string;
  readonly message: string;
}

export interface MoveRequest {
  readonly SourceArn?: string;
  readonly DestinationArn?: string;
  readonly MaxNumberOfMessagesPerSecond?: number;
}

const maxPerSecond = 500;

/**
 * StartMessageMoveTask and its companions, which fauxqs lacks.
 *
 * As on AWS a moved message is a new one: new id, new time, never received. Its body and attributes stay.
 */
export class MessageMoves {
  readonly #queues: QueueSet;
  /** The newest first. */
  readonly #moves: MessageMove[] = [];

  constructor(queues: QueueSet) {
    this.#queues = queues;
  }

  start(request: MoveRequest): MessageMove | SqsFault {
    const source = this.#queues.byArn(request.SourceArn ?? '');
    const destination = this.#queues.byArn(request.DestinationArn ?? '');
    const perSecond = request.MaxNumberOfMessagesPerSecond ?? maxPerSecond;
    if (source === undefined) return unknownResource('SourceArn');
    if (request.DestinationArn !== undefined && destination === undefined) return unknownResource('DestinationArn');
    if (this.#queues.sourcesOf(source).length === 0) {
      return { code: 'InvalidParameterValue', message: 'Source queue must be configured as a Dead Letter Queue.' };
    }
    if (perSecond < 1 || perSecond > maxPerSecond) {
      return { code: 'InvalidParameterValue', message: `MaxNumberOfMessagesPerSecond must be 1 to ${maxPerSecond}.` };
    }
    if (this.list(source).some((move) => move.status === 'RUNNING')) {
      return { code: 'UnsupportedOperation', message: 'There is already a task running for this source queue.' };
    }
    return this.#run(source, destination, perSecond);
  }

  list(source: Queue): readonly MessageMove[] {
    return this.#moves.filter((move) => move.source === source);
  }

  cancel(handle: string): MessageMove | SqsFault {
    const move = this.#moves.find((candidate) => candidate.handle === handle);
    if (move === undefined) return { code: 'ResourceNotFoundException', message: 'Task does not exist.' };
    if (move.status !== 'RUNNING') {
      return { code: 'UnsupportedOperation', message: `Only active tasks can be cancelled. It is ${move.status}.` };
    }
    move.status = 'CANCELLED';
    move.nextStep?.cancel();
    return move;
  }

  /** Stops what is running. */
  close(): void {
    for (const move of this.#moves) move.nextStep?.cancel();
  }

  #run(source: Queue, destination: Queue | undefined, perSecond: number): MessageMove {
    const startedAt = this.#queues.clock.now();
    const toMove = source.counts().visible;
    const identity = { handle: randomUUID(), source, destination, perSecond, startedAt, toMove };
    const move: MessageMove = { ...identity, moved: 0, status: 'RUNNING' };
    this.#moves.unshift(move);
    this.#step(move);
    return move;
  }

  /** One second's share. What arrives or reappears after the start is left where it is. */
  #step(move: MessageMove): void {
    const { clock } = this.#queues;
    const waiting = move.source.messages().filter(isMovable(move));
    for (const message of waiting.slice(0, move.perSecond)) {
      const destination = move.destination ?? this.#queues.byArn(message.deadLetterSource ?? '');
      if (destination === undefined || this.#queues.byName(destination.name) !== destination) {
        // A dead letter that was sent here, not moved by a redrive policy, has no way back on AWS either.
        const unknown = 'CouldNotDetermineMessageSource';
        const failureReason = destination === undefined ? unknown : 'AWS.SimpleQueueService.NonExistentQueue';
        Object.assign(move, { status: 'FAILED', failureReason });
        return;
      }
      const now = clock.now();
      move.source.remove(message.id);
      destination.add({ ...asArrival(message, now), id: randomUUID(), sentAt: now });
      move.moved += 1;
    }
    if (waiting.length > move.perSecond) {
      move.nextStep = clock.after(toMilliseconds(seconds(1)), () => this.#step(move));
    } else move.status = 'COMPLETED';
  }
}

const isMovable = (move: MessageMove) => (message: QueueMessage) =>
  message.visibleAt <= move.startedAt && message.arrivedAt <= move.startedAt;

const unknownResource = (parameter: string): SqsFault => ({
  code: 'ResourceNotFoundException',
  message: `The resource that you specified for the ${parameter} parameter doesn't exist.`,
});
