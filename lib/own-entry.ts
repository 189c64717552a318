/** An entry by name; a name may be that of a member that every object has, such as `constructor`. */
export const ownEntry = <Value>(record: Readonly<Record<string, Value>>, name: string): Value | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined;
