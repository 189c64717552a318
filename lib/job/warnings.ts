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
] as const;

export type WarningName = (typeof WARNING_NAMES)[number];
