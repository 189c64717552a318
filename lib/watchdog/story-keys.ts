/** The story of a job whose runs fail. */
export const failedStoryKey = (job: string): string => `failed:${job}`;

/** The story of a schedule that does not fire as it should. */
export const missedStoryKey = (schedule: string): string => `missed:${schedule}`;

/** The story of a schedule that was disabled by hand in EventBridge. */
export const disabledStoryKey = (schedule: string): string => `disabled:${schedule}`;

/** The story of a schedule that EventBridge does not have as the app declares it. */
export const notDeployedStoryKey = (schedule: string): string => `not-deployed:${schedule}`;

/** The story of mails that reach no one. */
export const NO_SUBSCRIBER_STORY = 'no-subscriber';

/** What a story's key names after its kind: `nightly` of `missed:nightly`. */
export const subjectOfKey = (key: string): string => key.slice(key.indexOf(':') + 1);
