import type { Logger } from '@aws-lambda-powertools/logger';
import type { Log, RunInfo } from '../job/context.ts';

/** Powertools' logger as the rest of Belfry knows a log. */
export function toLog(logger: Logger): Log {
  const at =
    (level: keyof Log): Log[keyof Log] =>
    (message, fields = {}) =>
      logger[level](message, fields);
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** A job's own log: a child, whose lines carry the run, so that what a job adds to it stays with that run. */
export function jobLog(logger: Logger, { id: runId, job, attempt }: RunInfo): Log {
  const child = logger.createChild();
  child.appendKeys({ runId, job, attempt });
  return toLog(child);
}
