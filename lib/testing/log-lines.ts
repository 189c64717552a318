import type { Log } from '../job/context.ts';
import type { JobRun } from './job-run.ts';

/** Fields that the logger adds to every line. */
const LOGGER_FIELDS = ['level', 'message', 'timestamp', 'service', 'sampling_rate', 'xray_trace_id'];

const isLevel = (level: unknown): level is keyof Log =>
  typeof level === 'string' && ['debug', 'info', 'warn', 'error'].includes(level);

/** Whether a line is in CloudWatch's embedded metric format. */
export const isMetrics = (line: string): boolean => line.startsWith('{"_aws":');

/** What a line of a function's output says: one that no logger has written is a message without fields. */
export function readLog(line: string): JobRun['logs'] {
  const fields = parse(line);
  if (fields === undefined) return [{ level: 'info', message: line, fields: {} }];
  if (isMetrics(line)) return [];
  const level = String(fields.level).toLowerCase();
  const own = Object.entries(fields).filter(([name]) => !LOGGER_FIELDS.includes(name));
  return [{ level: isLevel(level) ? level : 'info', message: String(fields.message), fields: Object.fromEntries(own) }];
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
