import { InvalidExpressionError } from './invalid-expression-error.ts';
import type { Part } from './parts.ts';

// Only intervals that divide an hour or a day: then every day has the same due times, and anyone can compute them.
const FIELDS = {
  '1 minute': '* * * * ? *',
  '2 minutes': '0/2 * * * ? *',
  '3 minutes': '0/3 * * * ? *',
  '4 minutes': '0/4 * * * ? *',
  '5 minutes': '0/5 * * * ? *',
  '6 minutes': '0/6 * * * ? *',
  '10 minutes': '0/10 * * * ? *',
  '12 minutes': '0/12 * * * ? *',
  '15 minutes': '0/15 * * * ? *',
  '20 minutes': '0/20 * * * ? *',
  '30 minutes': '0/30 * * * ? *',
  '1 hour': '0 * * * ? *',
  '2 hours': '0 0/2 * * ? *',
  '3 hours': '0 0/3 * * ? *',
  '4 hours': '0 0/4 * * ? *',
  '6 hours': '0 0/6 * * ? *',
  '8 hours': '0 0/8 * * ? *',
  '12 hours': '0 0/12 * * ? *',
  '1 day': '0 0 * * ? *',
} as const;

/** How far apart due times may be: minutes that divide an hour, hours that divide a day, or a day. Counted from midnight UTC. */
export type EveryInterval = keyof typeof FIELDS;

const isEveryInterval = (text: string): text is EveryInterval => Object.hasOwn(FIELDS, text);

/** The interval as EventBridge's six fields. */
export function fieldsOfInterval(part: Part): string {
  if (isEveryInterval(part.text)) return FIELDS[part.text];
  const problem = 'not one of the intervals that divide an hour or a day';
  throw new InvalidExpressionError(part, `${problem}; allowed are ${Object.keys(FIELDS).join(', ')}`);
}

/** @throws InvalidExpressionError when the part is a `rate(…)`, wherever it was written. */
export function refuseRate(part: Part): void {
  const rate = /^rate\s*\(([^)]*)/i.exec(part.text);
  if (rate === null) return;
  const interval = (rate[1] ?? '').trim();
  const every = isEveryInterval(interval) ? `every: '${interval}'` : 'every, or cron';
  const problem = 'rate counts from the instant EventBridge created the schedule, so nobody could say when it is due';
  throw new InvalidExpressionError(part, problem, `write ${every}`);
}
