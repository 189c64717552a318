import fc from 'fast-check';

/** Random expressions, as text. */

type Bounds = readonly [min: number, max: number];
type List = fc.Arbitrary<string>;

const MINUTES: Bounds = [0, 59];
const HOURS: Bounds = [0, 23];
const DAYS: Bounds = [1, 31];
const MONTHS: Bounds = [1, 12];
const CRON_WEEKDAYS: Bounds = [0, 7];
const WEEKDAYS: Bounds = [1, 7];

const number = ([min, max]: Bounds) => fc.integer({ min, max });
const value = (bounds: Bounds): List => number(bounds).map(String);
const range = (bounds: Bounds): List =>
  fc.tuple(number(bounds), number(bounds)).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`);
/** One step in four may lead past the end of the field. */
const stepped = (head: List, [min, max]: Bounds): List =>
  fc
    .tuple(head, fc.oneof({ weight: 3, arbitrary: value([min, max]) }, value([max, 3 * max])))
    .map((pair) => pair.join('/'));
const listOf = (item: List): List => fc.array(item, { minLength: 1, maxLength: 3 }).map((items) => items.join());

const everything = fc.constant('*');

/** Five-field lists: steps follow `*` or a range. */
const cronList = (bounds: Bounds, highestStep: number): List =>
  listOf(fc.oneof(value(bounds), range(bounds), stepped(fc.oneof(everything, range(bounds)), [1, highestStep])));

/** EventBridge's lists: steps follow `*` or a start. */
const eventBridgeList = (bounds: Bounds, highestStep: number): List =>
  listOf(fc.oneof(value(bounds), range(bounds), stepped(fc.oneof(everything, value(bounds)), [1, highestStep])));

const minutes = fc.oneof(everything, cronList(MINUTES, 59), fc.constantFrom('0', '30', '*/5', '0,30', '59'));
const hours = fc.oneof(everything, cronList(HOURS, 23), fc.constantFrom('0', '1', '2', '3', '0-3', '*/2', '23'));
const weekdays = fc.oneof(cronList(CRON_WEEKDAYS, 6), fc.constantFrom('SUN', 'MON-FRI', 'SAT,SUN', '7', '5-7'));
const withoutStar = (list: string) => !list.startsWith('*');

/** Day-of-month and day-of-week of five-field cron, as far as EventBridge can say the same. */
const cronDays = fc.oneof(
  fc.tuple(cronList(DAYS, 30), everything),
  fc.tuple(everything, weekdays),
  fc.tuple(cronList(DAYS, 30).filter(withoutStar), weekdays.filter(withoutStar)),
);

/** Five fields that are often due: for short windows. */
export const frequentCron = fc
  .tuple(minutes, hours, fc.oneof(fc.constant(['*', '*'] as const), cronDays))
  .map(([minute, hour, [day, weekday]]) => `${minute} ${hour} ${day} * ${weekday}`);

/** Six fields that mean the same five after a second of 0: weekdays by name, which alone have one meaning there. */
export const withSecondsFirst = fc
  .tuple(
    fc.constantFrom('0', '00'),
    minutes,
    hours,
    fc.oneof(
      fc.tuple(fc.oneof(everything, cronList(DAYS, 30)), everything),
      fc.tuple(
        fc.oneof(everything, cronList(DAYS, 30).filter(withoutStar)),
        fc.constantFrom('SUN', 'mon-fri', 'SAT,SUN', 'MON-SAT/2', 'TUE'),
      ),
    ),
  )
  .map(([second, minute, hour, [day, weekday]]) => ({
    expression: `${second} ${minute} ${hour} ${day} * ${weekday}`,
    meaning: `${minute} ${hour} ${day} * ${weekday}`,
  }));

/** EventBridge's six fields that are often due. */
export const frequentEventBridge = fc
  .tuple(
    fc.oneof(everything, eventBridgeList(MINUTES, 59), fc.constantFrom('0', '30', '0/5', '1/10', '59')),
    fc.oneof(everything, eventBridgeList(HOURS, 23), fc.constantFrom('0', '1', '2', '3', '0-3', '1/2', '23')),
    fc.oneof(
      fc.constantFrom('* * ?', '? * *', '? * MON-FRI', '? * SUN', '? * L'),
      eventBridgeList(DAYS, 30).map((days) => `${days} * ?`),
      fc.oneof(value(WEEKDAYS), range(WEEKDAYS)).map((weekdays) => `? * ${weekdays}`),
    ),
    fc.constantFrom('*', '1970-2199', '*/1'),
  )
  .map((fields) => `cron(${fields.join(' ')})`);

/** Five fields, due at midnight. */
export const midnightCron = fc
  .tuple(cronDays, fc.oneof(everything, fc.constantFrom('JAN,MAY-AUG', '1,3,5'), cronList(MONTHS, 11)))
  // Day 31 need not come in the months.
  .map(([[day, weekday], month]) => `0 0 ${day},1 ${month} ${weekday}`.replace('*,1', '*'));

const months = fc.oneof(everything, eventBridgeList(MONTHS, 11));
const years = fc.oneof(everything, fc.constantFrom('2020-2060', '2021/2', '2020,2023,2028-2031'));
const eventBridgeDays = fc.oneof(
  fc.tuple(
    fc.oneof(
      eventBridgeList(DAYS, 30).map((days) => `${days},1`),
      fc.constant('L'),
    ),
    months,
    fc.constant('?'),
  ),
  fc.tuple(
    value([1, 28]).map((day) => `${day}W`),
    months,
    fc.constant('?'),
  ),
  fc.tuple(
    fc.constant('?'),
    months,
    fc.oneof(value(WEEKDAYS), range(WEEKDAYS), fc.constantFrom('L', 'MON-FRI', 'SUN,WED')),
  ),
  fc.tuple(
    fc.constant('?'),
    months,
    value(WEEKDAYS).map((weekday) => `${weekday}L`),
  ),
  fc.tuple(
    fc.constant('?'),
    everything,
    fc.tuple(value(WEEKDAYS), value([1, 5])).map((pair) => pair.join('#')),
  ),
);

/** EventBridge's six fields, due at midnight. */
export const midnightEventBridge = fc
  .tuple(eventBridgeDays, years)
  .map(([[day, month, weekday], year]) => `cron(0 0 ${day} ${month} ${weekday} ${year})`);
