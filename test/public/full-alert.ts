import type { Alert, AlertFacts } from '../../lib/observe/alert.ts';
import type { Story } from '../../lib/observe/alert-store.ts';
import { DUE } from '../support/requests.ts';

const FACTS: Required<AlertFacts> = {
  kind: 'run-failed',
  story: 'failed:report',
  isOver: true,
  since: DUE,
  job: 'report',
  run: 'run',
  attempts: 3,
  error: 'Error: no connection',
  links: [{ label: 'Log lines', url: 'https://example.com' }],
  command: 'npm run belfry',
  each: [],
};

const { each: _, ...OF_ONE } = FACTS;

/** An alert with everything that it may have. The compiler asks for each new field. */
export const FULL_ALERT: Alert = {
  subject: 'failed',
  body: 'failed',
  facts: { ...FACTS, each: [{ ...OF_ONE, subject: 'failed' }] },
};

/** A story with everything that it may have. */
export const FULL_STORY: Required<Story> = {
  key: 'failed:report',
  kind: 'run-failed',
  job: 'report',
  run: 'run',
  subject: 'failed',
  since: DUE,
  lastAt: DUE,
  count: 1,
  alertedAt: DUE,
  version: 1,
};
