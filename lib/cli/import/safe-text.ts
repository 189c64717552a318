/** What others wrote, made fit for terminals, comments and literals. */

const MAX_SHOWN_LENGTH = 200;

/**
 * A text on one line without anything that moves a cursor, hides or reorders letters. Every character that goes is
 * replaced by as many spaces as it was long, so that carets stay under what they point at.
 */
export const oneLine = (text: string): string =>
  text.replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, (unsafe) => ' '.repeat(unsafe.length));

/** {@link oneLine}, cut where it would fill the screen. */
export function shorten(text: string, longest = MAX_SHOWN_LENGTH): string {
  const line = oneLine(text.length > longest ? text.slice(0, longest) : text);
  return text.length > longest ? `${line}…` : line;
}

/** Authors are none. */
const SECRET_WORD = '(?:PASS|PWD|SECRET|TOKEN|KEY|CREDENTIAL|COOKIE|AUTH(?!OR(?!IZ)))';

/** Whether a variable of this name is likely to hold what nobody else may see. */
export const isSecretName = (name: string): boolean => new RegExp(SECRET_WORD, 'i').test(name);

const SECRET_NAME = String.raw`[\w-]{0,60}${SECRET_WORD}[\w-]{0,60}`;
/** A word of a shell, quoted in whole or in part. */
const WORD = String.raw`(?:\\.|"[^"]*"|'[^']*'|[^\s"'\\])+`;
/** Of curl; in one with other short options too. */
const USER_OPTION = String.raw`(?<![\w-])(?:-[a-z]{0,20}u\s{0,9}|--(?:[a-z]{1,20}-)?user(?:name)?[\s=]{1,9})`;
const HEADER_OPTION = String.raw`(?<![\w-])(?:-[a-z]{0,20}H\s{0,9}|--header[\s=]{1,9})`;

const SECRETS: readonly RegExp[] = [
  // DB_PASSWORD=…, --password=…
  `(${SECRET_NAME}=)${WORD}`,
  // --password …
  String.raw`(--[\w-]{0,60}(?:PASSW|SECRET|TOKEN|API-?KEY|CREDENTIAL)[\w-]{0,60}\s)${WORD}`,
  // Authorization: Bearer …
  String.raw`(\b(?:Bearer|Basic)\s)[^\s"']+`,
  // postgres://user:…@
  String.raw`(:\/\/[^\s:/@"']{0,100}:)[^\s/@"']+(?=@)`,
  // -u user:…; `date -u +%H:%M` names no user.
  `(${USER_OPTION}"[^":+]{1,200}:)[^"]*`,
  `(${USER_OPTION}'[^':+]{1,200}:)[^']*`,
  String.raw`(${USER_OPTION}[^\s"':+]{1,200}:)${WORD}`,
  // "X-Api-Key: …", -H X-Api-Key:…, {"apiKey":"…"}
  String.raw`("(?:--header=|-H\s{0,9})?${SECRET_NAME}\s{0,9}:(?!\s{0,9}(?:Bearer|Basic)\b)\s{0,9})[^"]+`,
  String.raw`('(?:--header=|-H\s{0,9})?${SECRET_NAME}\s{0,9}:(?!\s{0,9}(?:Bearer|Basic)\b)\s{0,9})[^']+`,
  String.raw`(${HEADER_OPTION}${SECRET_NAME}:(?:\\\s)?)${WORD}`,
  String.raw`(["']${SECRET_NAME}["']\s{0,9}:\s{0,9})${WORD}`,
].map((pattern) => new RegExp(pattern, 'gi'));

/** A command without the values that look like secrets: what is written goes into a repository. */
export const withoutSecrets = (text: string): string =>
  SECRETS.reduce((masked, pattern) => masked.replaceAll(pattern, '$1***'), text);

/** A text as lines of a block comment, which nothing in it can end. */
export const inComment = (text: string): string => oneLine(text).replaceAll('*/', '*\\/');

/** A text as a literal of TypeScript, with the quotes that the formatter would choose, and nothing that looks like a template. */
export function literal(text: string): string {
  const inDouble = JSON.stringify(text).replaceAll('${', '\\u0024{');
  const count = (quote: string): number => text.split(quote).length - 1;
  if (count("'") > count('"')) return inDouble;
  return `'${inDouble.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}
