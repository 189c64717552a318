import { BelfryError } from '../../errors.ts';

/** HTTP status by the error's name on the wire. */
const STATUS = {
  ValidationException: 400,
  SerializationException: 400,
  ResourceNotFoundException: 404,
  UnknownOperationException: 404,
  ConflictException: 409,
} as const;

export type ApiErrorName = keyof typeof STATUS;

/** A request that the API refuses: `code` is what the SDK's client shows as the error's `name`. */
export class ApiError extends BelfryError {
  override readonly name = 'ApiError';
  readonly code: ApiErrorName;
  readonly status: number;

  constructor(code: ApiErrorName, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.status = STATUS[code];
  }
}

/** A delivery that no later attempt could save. Thrown by a {@link Target}; goes straight to the dead-letter queue. */
export class PermanentDeliveryError extends BelfryError {
  override readonly name = 'PermanentDeliveryError';
  readonly code = 'PERMANENT_DELIVERY';
  /** The target service's own code, such as `AWS.SimpleQueueService.NonExistentQueue`. */
  readonly targetCode: string;

  constructor(targetCode: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.targetCode = targetCode;
  }
}
