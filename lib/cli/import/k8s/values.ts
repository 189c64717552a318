/** Reading values of unknown shape. */

export type Values = Readonly<Record<string, unknown>>;

export const isRecord = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An optional text that is null or empty is absent to the API server. */
export const isAbsent = (value: unknown): boolean => value == null || value === '';

/** What stands at a path of names; an empty object where nothing, or something else, does. */
export const recordIn = (value: unknown, ...path: readonly string[]): Values => {
  const found = path.reduce<unknown>(
    (at, name) => (isRecord(at) && Object.hasOwn(at, name) ? at[name] : undefined),
    value,
  );
  return isRecord(found) ? found : {};
};

/** The records of a list; what is none is left out. */
export const recordsIn = (value: unknown): readonly Values[] => (Array.isArray(value) ? value.filter(isRecord) : []);

export const textsIn = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
