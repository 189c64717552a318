import { type ParserOptions, parse } from '@babel/parser';
import { BelfryError, messageOf } from '../../../errors.ts';

/** The file where users write schedules, from the project's folder. */
export const SCHEDULES_FILE = 'infra/schedules.ts';

/** Where jobs are imported from, as seen from there. */
const FUNCTIONS = '../functions/';
/** What job files and schedules import. */
export const LIBRARY = 'belfry';

/** `infra/schedules.ts` is written in a way that entries cannot be put into. */
export class UnknownShapeError extends BelfryError {
  override readonly name = 'UnknownShapeError';
  readonly code = 'UNKNOWN_SHAPE';
}

const TEXT_FIELDS = ['cron', 'timezone', 'dst'] as const;

export type TextField = (typeof TEXT_FIELDS)[number];

/** An entry that is there. */
export interface ScheduleEntry {
  readonly id: string;
  /** The file of its job, from `functions/`: `billing/invoice.ts`. */
  readonly jobFile: string | undefined;
  readonly cron: string | undefined;
  readonly timezone: string | undefined;
  readonly dst: string | undefined;
  /** Those of the three that are, or may be, written as something else than a plain text, and are absent here. */
  readonly obscure: readonly TextField[];
  /** Whether it has days on which due times are skipped. */
  readonly hasCalendar: boolean;
}

/** What is known of the file, with the places where something can be put in. */
export interface SchedulesFile {
  readonly text: string;
  readonly entries: readonly ScheduleEntry[];
  /** Local names of jobs by their file, from `functions/`. */
  readonly jobNames: ReadonlyMap<string, string>;
  /** Local name of `schedule`; undefined when it is not imported. */
  readonly scheduleName: string | undefined;
  /** Whether something else is called `schedule` there. */
  readonly hasOtherSchedule: boolean;
  readonly imports: readonly ImportPlace[];
  readonly object: ObjectPlace;
}

export interface ImportPlace {
  readonly source: string;
  readonly start: number;
  /** Where the line after it begins, or its end where a comment goes on there. */
  readonly next: number;
}

export interface ObjectPlace {
  /** Of the closing brace. */
  readonly end: number;
  /** Where a comma is missing before another entry. */
  readonly missingComma: number | undefined;
  /** What stands before an entry in its line. */
  readonly indent: string;
}

const OPTIONS: ParserOptions = { sourceType: 'module', plugins: ['typescript'], attachComment: false };

type Ast = ReturnType<typeof parse>;
type Statement = Ast['program']['body'][number];
type Expression = Extract<Statement, { type: 'ExpressionStatement' }>['expression'];
type ObjectLiteral = Extract<Expression, { type: 'ObjectExpression' }>;
type Import = Extract<Statement, { type: 'ImportDeclaration' }>;

/** @throws UnknownShapeError when the file is no plain `export const schedules = { … }` */
export function readSchedulesFile(text: string): SchedulesFile {
  const ast = parseText(text);
  const object = findObject(ast);
  const imports = ast.program.body.filter((each): each is Import => each.type === 'ImportDeclaration');
  const jobNames = new Map(imports.flatMap(jobOf));
  const files = new Map([...jobNames].map(([file, name]) => [name, file]));
  return {
    text,
    entries: object.properties.map((property) => entryOf(property, files)),
    jobNames,
    scheduleName: imports.flatMap(scheduleNameOf)[0],
    hasOtherSchedule: hasOtherSchedule(ast),
    imports: imports.map((each) => ({
      source: each.source.value,
      start: startOf(each),
      next: lineAfter(ast, each, text),
    })),
    object: placeOf(object, text),
  };
}

function parseText(text: string): Ast {
  try {
    return parse(text, OPTIONS);
  } catch (error) {
    throw new UnknownShapeError(`it does not parse: ${messageOf(error)}`);
  }
}

function findObject({ program }: Ast): ObjectLiteral {
  const declarations = program.body.flatMap((statement) => {
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
    return declaration?.type === 'VariableDeclaration'
      ? declaration.declarations.map((each) => ({ ...each, kind: declaration.kind }))
      : [];
  });
  const found = declarations.find(({ id }) => id.type === 'Identifier' && id.name === 'schedules');
  if (found === undefined) throw new UnknownShapeError('it has no `const schedules`');
  if (found.kind !== 'const') {
    throw new UnknownShapeError(`its \`schedules\` is a \`${found.kind}\`, and may become another object further down`);
  }
  const value = withoutTypes(found.init);
  if (value?.type !== 'ObjectExpression') throw new UnknownShapeError('its `schedules` is no object literal');
  return value;
}

function withoutTypes(value: Expression | null | undefined): Expression | null | undefined {
  const isTyped = value?.type === 'TSSatisfiesExpression' || value?.type === 'TSAsExpression';
  return isTyped ? withoutTypes(value.expression) : value;
}

function jobOf({ source, specifiers }: Import): readonly (readonly [file: string, name: string])[] {
  if (!source.value.startsWith(FUNCTIONS)) return [];
  const local = specifiers.find(({ type }) => type === 'ImportDefaultSpecifier')?.local.name;
  return local === undefined ? [] : [[source.value.slice(FUNCTIONS.length), local]];
}

/** Another import, or a declaration, of that name. */
function hasOtherSchedule({ program }: Ast): boolean {
  return program.body.some((statement) => {
    if (statement.type === 'ImportDeclaration') {
      return scheduleNameOf(statement).length === 0 && statement.specifiers.some(({ local }) => isSchedule(local));
    }
    const declared = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
    if (declared?.type === 'VariableDeclaration') return declared.declarations.some(({ id }) => isSchedule(id));
    return declared != null && 'id' in declared && declared.id != null && isSchedule(declared.id);
  });
}

const isSchedule = (id: { readonly type: string }): boolean => id.type === 'Identifier' && nameOf(id) === 'schedule';

function scheduleNameOf({ source, specifiers, importKind }: Import): readonly string[] {
  if (source.value !== LIBRARY || importKind === 'type') return [];
  return specifiers.flatMap((each) =>
    each.type === 'ImportSpecifier' && each.importKind !== 'type' && nameOf(each.imported) === 'schedule'
      ? [each.local.name]
      : [],
  );
}

function entryOf(property: ObjectLiteral['properties'][number], files: ReadonlyMap<string, string>): ScheduleEntry {
  // The ids behind a spread or a computed key are not seen: a new entry could take the place of one of them.
  if (property.type === 'SpreadElement') throw new UnknownShapeError('its `schedules` spreads another object');
  const id = property.computed ? undefined : nameOf(property.key);
  if (id === undefined) throw new UnknownShapeError('an id in its `schedules` is computed');
  const value = property.type === 'ObjectProperty' ? property.value : undefined;
  const [job, options] = value?.type === 'CallExpression' ? value.arguments : [];
  const texts = textsIn(options);
  return {
    id,
    jobFile: job?.type === 'Identifier' ? files.get(job.name) : undefined,
    cron: texts.get('cron'),
    timezone: texts.get('timezone'),
    dst: texts.get('dst'),
    obscure: TEXT_FIELDS.filter((field) => texts.has(field) && texts.get(field) === undefined),
    hasCalendar: texts.has('except') || texts.has('only'),
  };
}

/** The fields of an object literal; undefined for one that is no plain text. */
function textsIn(options: { readonly type: string } | undefined): ReadonlyMap<string, string | undefined> {
  const texts = new Map<string, string | undefined>();
  const hideAll = (): void => {
    for (const field of TEXT_FIELDS) texts.set(field, undefined);
  };
  if (options !== undefined && options.type !== 'ObjectExpression') hideAll();
  for (const each of options?.type === 'ObjectExpression' ? (options as ObjectLiteral).properties : []) {
    const name = each.type === 'SpreadElement' || each.computed ? undefined : nameOf(each.key);
    // What is spread, or has a computed name, may be any of them; what stands further down counts.
    if (name === undefined) hideAll();
    else texts.set(name, each.type === 'ObjectProperty' ? textOf(each.value) : undefined);
  }
  return texts;
}

function textOf(value: { readonly type: string }): string | undefined {
  const bare = withoutTypes(value as Expression);
  if (bare?.type === 'StringLiteral') return bare.value;
  const isPlain = bare?.type === 'TemplateLiteral' && bare.expressions.length === 0;
  return isPlain ? (bare.quasis[0]?.value.cooked ?? undefined) : undefined;
}

function nameOf(key: { readonly type: string }): string | undefined {
  if (key.type === 'Identifier') return (key as { readonly type: string; readonly name: string }).name;
  if (key.type === 'NumericLiteral') return String((key as { readonly type: string; readonly value: number }).value);
  return key.type === 'StringLiteral' ? (key as { readonly type: string; readonly value: string }).value : undefined;
}

const startOf = ({ start }: { readonly start?: number | null }): number => start ?? 0;
const endOf = ({ end }: { readonly end?: number | null }): number => end ?? 0;

/** The line's end, so that a comment behind the import stays with it, unless the comment does not end there. */
function lineAfter({ comments }: Ast, statement: Import, text: string): number {
  const newline = text.indexOf('\n', endOf(statement));
  const next = newline === -1 ? text.length : newline + 1;
  const isInComment = comments?.some((comment) => startOf(comment) < next && endOf(comment) > next) ?? false;
  return isInComment || text.slice(endOf(statement), next).includes('import') ? endOf(statement) : next;
}

function placeOf(object: ObjectLiteral, text: string): ObjectPlace {
  const last = object.properties.at(-1);
  const hasComma = object.extra?.['trailingComma'] !== undefined;
  const lineStart = (at: number): number => text.lastIndexOf('\n', at - 1) + 1;
  const blankBefore = (at: number): string => /^[ \t]*/.exec(text.slice(lineStart(at), at))?.[0] ?? '';
  const first = object.properties[0];
  const isOnOneLine = first === undefined || lineStart(startOf(first)) === lineStart(startOf(object));
  return {
    end: endOf(object) - 1,
    missingComma: last === undefined || hasComma ? undefined : endOf(last),
    indent: isOnOneLine ? `${blankBefore(startOf(object))}  ` : blankBefore(startOf(first)),
  };
}
