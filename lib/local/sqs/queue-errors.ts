import { BelfryError } from '../../errors.ts';

/** Something was asked of a queue that the cloud does not have. */
export class UnknownQueueError extends BelfryError {
  override readonly name = 'UnknownQueueError';
  readonly code = 'UNKNOWN_QUEUE';
  readonly queue: string;

  constructor(queue: string) {
    super(`the embedded cloud has no queue "${queue}"`);
    this.queue = queue;
  }
}

/** SQS would not take a message. */
export class MessageRefusedError extends BelfryError {
  override readonly name = 'MessageRefusedError';
  readonly code = 'MESSAGE_REFUSED';
  readonly queue: string;
  /** SQS's own code, e.g. `InvalidParameterValue`. */
  readonly awsCode: string;

  constructor(queue: string, awsCode: string, reason: string) {
    super(`queue "${queue}" refuses the message: ${awsCode}: ${reason}`);
    this.queue = queue;
    this.awsCode = awsCode;
  }
}
