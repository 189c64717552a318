/**
 * Whether the suites that try very many cases try all of them: `THOROUGH=1`, as `.ci/run` does. Otherwise they try a
 * part, the same in every run, so that `npm test` ends within three minutes on two cores.
 */
export const IS_THOROUGH = process.env.THOROUGH === '1';

/** The full count, or a part of it. */
export const countOf = (full: number, part: number): number => (IS_THOROUGH ? full : part);

/** All cases, or one in every so many. @param offset of the first, so that several suites take different ones */
export const oneIn = <Case>(every: number, cases: readonly Case[], offset = 0): readonly Case[] =>
  IS_THOROUGH ? cases : cases.filter((_, index) => index % every === offset % every);
