/** What happens when a run is due while another run of its job is going. */
export const OVERLAP_POLICIES = [
  /** It is recorded as skipped, with the run that blocked it. */
  'skip',
  /** Both run; there is no lock. */
  'allow',
] as const;

export type OverlapPolicy = (typeof OVERLAP_POLICIES)[number];

const IS_EXCLUSIVE: Readonly<Record<OverlapPolicy, boolean>> = { skip: true, allow: false };

/** Whether a job of this policy runs one at a time. */
export const isExclusive = (policy: OverlapPolicy): boolean => IS_EXCLUSIVE[policy];
