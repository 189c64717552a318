/** A line of a log as CloudWatch Logs Insights has it, with the names of nested fields joined by dots. */
export type LogLine = Readonly<Record<string, string | number>>;

type Row = Readonly<Record<string, string | number | undefined>>;

/**
 * What a query of CloudWatch Logs Insights finds, as far as Belfry's queries use the language.
 *
 * @throws Error for what this does not know
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
 */
export function runQuery(query: string, linesOf: Readonly<Record<string, readonly LogLine[]>>): readonly Row[] {
  const commands = query.split(' | ');
  const sources = commands.filter((command) => command.startsWith('SOURCE '));
  const lines = sources.flatMap((source) => linesOf[source.slice('SOURCE '.length).replaceAll("'", '')] ?? []);
  return commands.slice(sources.length).reduce<readonly Row[]>((rows, command) => run(command, rows), lines);
}

function run(command: string, rows: readonly Row[]): readonly Row[] {
  const [, verb = '', rest = ''] = /^(\w+) (.*)$/.exec(command) ?? [];
  switch (verb) {
    case 'filter':
      return rows.filter((row) => rest.split(' and ').every((condition) => holds(condition, row)));
    case 'fields':
      return rows.map((row) => ({ ...row, ...computed(rest, row) }));
    case 'stats':
      return aggregate(rest, rows);
    case 'sort':
      return [...rows].sort((one, other) => compare(rest, one, other));
    case 'limit':
      return rows.slice(0, Number(rest));
    default:
      throw new Error(`not known: ${command}`);
  }
}

function holds(condition: string, row: Row): boolean {
  const [, field = '', list = ''] = match(/^(\S+) in (\[.*\])$/, condition);
  return JSON.parse(list).includes(row[field]);
}

function computed(expressions: string, row: Row): Row {
  const entries = separate(expressions).map((expression) => {
    const [, value = expression, alias = expression] = /^(.*) as (\w+)$/.exec(expression) ?? [];
    return [alias, evaluate(value, row)];
  });
  return Object.fromEntries(entries);
}

function evaluate(expression: string, row: Row): string | number | undefined {
  const contains = /^strcontains\(([\w.]+), "([^"]*)"\)$/.exec(expression);
  if (contains !== null) return String(row[contains[1] ?? '']).includes(contains[2] ?? '') ? 1 : 0;
  const quotient = /^([\w.]+) \/ (\d+)$/.exec(expression);
  if (quotient === null) return row[match(/^[@\w.]+$/, expression)[0] ?? ''];
  const dividend = row[quotient[1] ?? ''];
  return dividend === undefined ? undefined : Number(dividend) / Number(quotient[2]);
}

function aggregate(text: string, rows: readonly Row[]): readonly Row[] {
  const [, functions = '', by = ''] = match(/^(.*) by (\S+)$/, text);
  const groups = new Map<string | number | undefined, readonly Row[]>();
  for (const row of rows) groups.set(keyOf(by, row), [...(groups.get(keyOf(by, row)) ?? []), row]);
  return [...groups].map(([key, group]) => ({
    [by]: key,
    ...Object.fromEntries(separate(functions).map((each) => measure(each, group))),
  }));
}

const HOUR = 3_600_000;

const keyOf = (by: string, row: Row): string | number | undefined =>
  by === 'bin(1h)' ? Math.floor(Number(row['@timestamp']) / HOUR) * HOUR : row[match(/^\w+$/, by)[0] ?? ''];

function measure(text: string, rows: readonly Row[]): readonly [string, number | undefined] {
  const [, name = '', field = '', share = '', alias = ''] = match(/^(\w+)\((\w+)(?:, (\d+))?\) as (\w+)$/, text);
  const values = rows
    .flatMap((row) => row[field] ?? [])
    .map(Number)
    .sort((one, other) => one - other);
  switch (name) {
    case 'sum':
      return [alias, values.reduce((sum, each) => sum + each, 0)];
    case 'max':
      return [alias, values.at(-1)];
    case 'pct':
      return [alias, values[Math.ceil((values.length * Number(share)) / 100) - 1]];
    default:
      throw new Error(`not known: ${text}`);
  }
}

function compare(orders: string, one: Row, other: Row): number {
  for (const order of orders.split(', ')) {
    const [, field = ''] = match(/^(\S+) desc$/, order);
    const difference = Number(other[field] ?? 0) - Number(one[field] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** At commas outside of parentheses. */
const separate = (text: string): readonly string[] => text.split(/, (?![^(]*\))/);

function match(pattern: RegExp, text: string): RegExpExecArray {
  const found = pattern.exec(text);
  if (found === null) throw new Error(`not known: ${text}`);
  return found;
}
