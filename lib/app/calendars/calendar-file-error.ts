import { BelfryError } from '../../errors.ts';

/** A calendar file that cannot be used. As it reaches the user, the message begins with the path as they wrote it. */
export class CalendarFileError extends BelfryError {
  override readonly name = 'CalendarFileError';
  readonly code = 'CALENDAR_FILE';
}
