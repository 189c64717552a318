/** A local date, `2027-12-24`, or a range of them with both ends included, `2027-12-24/2027-12-31`. */
export type Days = `${number}-${number}-${number}` | `${number}-${number}-${number}/${number}-${number}-${number}`;

/** Days under a name, for several schedules. */
export interface Calendar {
  readonly name: string;
  /** The days, or the file that has them: iCalendar, its whole-day events; the path counts from the project's folder. */
  readonly days: readonly Days[] | { readonly ics: string };
}

/** What `except` and `only` of a schedule take. */
export type CalendarDays = Days | Calendar | readonly (Days | Calendar)[];

/**
 * Names days for `except` and `only` of schedules. Checks nothing: what is wrong with it is said at synth, for the
 * entry that uses it.
 *
 * @param name what records of skipped runs say: as a schedule id, at most 40 characters
 * @example
 * const holidays = calendar('se-holidays', ['2027-01-01', '2027-12-24/2027-12-26']);
 * const closed = calendar('closed', { ics: 'infra/closed.ics' });
 */
export function calendar(name: string, days: Calendar['days']): Calendar {
  return Object.freeze({ name, days });
}
