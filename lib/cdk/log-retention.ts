import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { DAY, type Milliseconds } from '../units.ts';

const ALLOWED = Object.values(RetentionDays)
  .filter((days) => typeof days === 'number' && days !== RetentionDays.INFINITE)
  .map(Number)
  .sort((one, other) => one - other);

/** The shortest that CloudWatch allows and that is no shorter than wanted; at most its longest. */
export const logRetention = (wanted: Milliseconds): RetentionDays =>
  ALLOWED.find((days) => days * DAY >= wanted) ?? RetentionDays.TEN_YEARS;
