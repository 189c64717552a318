/** How many due times are shown of one schedule, and of each of all. */
export const COUNT_OF_ONE = 10;
export const COUNT_OF_EACH = 3;
