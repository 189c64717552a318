import type { Stages } from '../../lib/job/stages.ts';

/** The stages of most apps in tests. */
export const STAGES: Stages = {
  dev: {},
  test: {},
  prod: { isProtected: true, alerts: { email: ['oncall@example.com'] } },
};
