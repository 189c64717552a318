/** What synth warns of, by the names under which an entry may acknowledge it. */
export const WARNING_NAMES = [
  'dst-gap',
  'dst-repeat',
  'interval-shorter-than-timeout',
  'retries-outlast-interval',
  'crowded-minute',
  'tiny-max-lateness',
  'calendar-ends',
  'never-runs',
  'large-step',
  'old-zone-data',
] as const;

export type WarningName = (typeof WARNING_NAMES)[number];

/** What synth warns of in a job's code, by the names under which the job may acknowledge it. */
export const JOB_WARNING_NAMES = ['file-beside-code'] as const;

export type JobWarningName = (typeof JOB_WARNING_NAMES)[number];
