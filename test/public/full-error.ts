import type { RunError } from '../../lib/run/record.ts';

/** An error as an attempt has it. */
export const BRIEF_ERROR: Required<Omit<RunError, 'stack' | 'causes'>> = {
  name: 'Error',
  message: 'no connection',
  code: 'ECONNREFUSED',
  at: 'functions/report.ts:12:9',
};

/** An error with everything that it may have. The compiler asks for each new field. */
export const FULL_ERROR: Required<RunError> = {
  ...BRIEF_ERROR,
  stack: 'at run (functions/report.ts:12:9)',
  causes: [{ depth: 1, name: 'Error', message: 'no route', code: 'EHOSTUNREACH' }],
};
