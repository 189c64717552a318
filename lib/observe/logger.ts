import type { Logger } from '@aws-lambda-powertools/logger';
import type { Log, RunInfo } from '../job/context.ts';
import { isError, readable, toRunError } from '../run/run-error.ts';

/** Powertools' logger as the rest of Belfry knows a log. */
export function toLog(logger: Logger): Log {
  const at =
    (level: keyof Log): Log[keyof Log] =>
    (message, fields = {}) => {
      try {
        logger[level](message, fields);
      } catch {
        // A getter that throws, a proxy, errors that are each other's cause: a line must not fail the run.
        logger[level](
          readable(() => `${message}`),
          legible(fields),
        );
      }
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** What can be read of fields of which something cannot be: objects as JSON text, and no functions: one called `toJSON` would be called. */
function legible(fields: Record<string, unknown>): Record<string, unknown> {
  const read = (value: unknown): unknown => {
    if (isError(value)) return toRunError(value);
    return Object(value) === value ? JSON.stringify(value) : value;
  };
  const names = [readable(() => Object.keys(fields))].flat();
  return Object.fromEntries(names.map((name) => [name, readable(() => read(fields[name]))]));
}

/** A job's own log: a child, whose lines carry the run, so that what a job adds to it stays with that run. */
export function jobLog(logger: Logger, { id: runId, job, attempt }: RunInfo): Log {
  const child = logger.createChild();
  child.appendKeys({ runId, job, attempt });
  return toLog(child);
}
