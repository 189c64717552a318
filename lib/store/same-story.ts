import type { Story } from '../observe/alert-store.ts';

/** Whether a story is what a write whose answer was lost would have left. */
export const isSameStory = (one: Story, other: Story): boolean =>
  one.version === other.version &&
  one.since === other.since &&
  one.lastAt === other.lastAt &&
  one.count === other.count &&
  one.run === other.run;
