/**
 * When schedules are due: reading what users write, translating it for EventBridge Scheduler, computing due times.
 */
export { type ClockChange, localText, type TouchedChange } from './clock-changes.ts';
export type { EveryInterval } from './every.ts';
export { describeProblem, InvalidExpressionError } from './invalid-expression-error.ts';
export type { ExpressionLabel } from './parts.ts';
export { readEventBridge, readWhen, type When } from './read.ts';
export type { Timetable } from './timetable.ts';
