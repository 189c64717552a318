import { BelfryError } from '../../errors.ts';

/** An alarm says something that nobody here can evaluate. Caught where alarms are loaded, and told. */
export class UnsupportedAlarmError extends BelfryError {
  override readonly name = 'UnsupportedAlarmError';
  readonly code = 'UNSUPPORTED_ALARM';
}
