import { stripVTControlCharacters } from 'node:util';

/** What others wrote must not move the cursor, ring the bell or retitle the window: line breaks are all it may. */
export function printable<Value>(value: Value): Value {
  if (typeof value === 'string') {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    return stripVTControlCharacters(value).replaceAll(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, ' ') as Value;
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(printable) as Value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, printable(each)])) as Value;
}
