import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { type ParserPlugin, parse } from '@babel/parser';

/** A place in a module that asks for a file beside it, which no bundle has. */
export interface Place {
  /** From 1. */
  readonly line: number;
  /** As it is written, cut short. */
  readonly text: string;
}

/** Without one of these in it, a module is not parsed. */
const WORTH_PARSING = /import\.meta|__dirname|__filename|\bnew Worker\b|\bimport\(/;

/** The longest quotation. */
const MAX_TEXT = 80;

/**
 * Where a module asks for files beside itself: by a URL or a path that begins at `import.meta` or `__dirname`, as the code of
 * a worker thread, by `createRequire`, or by an import whose name only the running code knows. None where that cannot be
 * found out: only a warning hangs on it, and the code that esbuild has bundled runs without it.
 *
 * @param isPackage of a package, whose authors often name their folder without reading a file of it: only paths are found
 */
export function filesBesideCode(path: string, isPackage: boolean): readonly Place[] {
  const source = readFileSync(path, 'utf8');
  if (!WORTH_PARSING.test(source)) return [];
  try {
    return placesIn(source, path, isPackage);
  } catch {
    // Syntax that Babel does not know, or code that is nested too deeply to be walked.
    return [];
  }
}

function placesIn(source: string, path: string, isPackage: boolean): readonly Place[] {
  const program = parseSource(source, path);
  const found = new Map<number, Place>();
  const requires = requiresIn(program);
  walk(program, [], (node, parents) => {
    if (!asksForFile(node, parents, { isPackage, requires })) return;
    const { line } = node.loc.start;
    const text = source.slice(node.start, node.end).replaceAll(/\s+/g, ' ');
    if (!found.has(line))
      found.set(line, { line, text: text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text });
  });
  return [...found.values()];
}

/** A node of Babel's tree, as far as it is read here. */
interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly loc: { readonly start: { readonly line: number } };
  readonly [field: string]: unknown;
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value;

/** Syntax that esbuild takes and Babel does not by itself. */
const SYNTAX: readonly ParserPlugin[] = ['decorators-legacy', 'decoratorAutoAccessors'];

function parseSource(source: string, path: string): Node {
  const { program } = parse(source, {
    sourceType: 'unambiguous',
    errorRecovery: true,
    createImportExpressions: true,
    plugins: [
      ...SYNTAX,
      ...(/\.[cm]?tsx?$/.test(path) ? (['typescript'] as const) : []),
      ...(/\.[jt]sx$/.test(path) ? (['jsx'] as const) : []),
    ],
  });
  return program as unknown as Node;
}

function walk(node: Node, parents: readonly Node[], visit: (node: Node, parents: readonly Node[]) => void): void {
  visit(node, parents);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value])
      if (isNode(child)) walk(child, [node, ...parents], visit);
  }
}

/** The names of functions that `createRequire` has made. */
function requiresIn(program: Node): ReadonlySet<string> {
  const names = new Set<string>();
  walk(program, [], ({ type, id, init }) => {
    if (type === 'VariableDeclarator' && isNode(id) && isCallOf(init, 'createRequire')) names.add(String(id['name']));
  });
  return names;
}

interface Circumstances {
  readonly isPackage: boolean;
  readonly requires: ReadonlySet<string>;
}

function asksForFile(
  node: Node,
  [parent, grandparent]: readonly Node[],
  { isPackage, requires }: Circumstances,
): boolean {
  switch (node.type) {
    case 'NewExpression':
      return isRelativeUrl(node) || isWorker(node);
    case 'CallExpression':
      return isOwnPath(node, isPackage) || loadsBy(node, requires);
    case 'ImportExpression':
      return !isPackage && !isText(node['source']);
    case 'MemberExpression':
      return isMeta(node, ['dirname', 'filename']) && isPath(parent, grandparent, isPackage);
    case 'Identifier':
      return ['__dirname', '__filename'].includes(String(node['name'])) && isPath(parent, grandparent, isPackage);
    default:
      return false;
  }
}

/** `new URL('./x', import.meta.url)` */
function isRelativeUrl({ callee, arguments: given }: Node): boolean {
  const [, base] = given as readonly unknown[];
  return isNamed(callee, 'URL') && isMeta(base, ['url']);
}

/** `new Worker('./x.js')`; one by a URL is found by that. */
function isWorker({ callee, arguments: given }: Node): boolean {
  const [file] = given as readonly unknown[];
  return isNamed(callee, 'Worker') && isNode(file) && isText(file) && /^\.{0,2}\//.test(String(file['value']));
}

/** `fileURLToPath(import.meta.url)`, by which a module finds its own folder. */
function isOwnPath(node: Node, isPackage: boolean): boolean {
  const [of] = node['arguments'] as readonly unknown[];
  return !isPackage && isCallOf(node, 'fileURLToPath') && isMeta(of, ['url']);
}

/** `createRequire(…)('x')`, where it is no module of Node. */
function loadsBy({ callee, arguments: given }: Node, requires: ReadonlySet<string>): boolean {
  const [what] = given as readonly unknown[];
  if (!isNode(what) || !isText(what) || isBuiltin(String(what['value']))) return false;
  return isCallOf(callee, 'createRequire') || [...requires].some((name) => isNamed(callee, name));
}

/** Whether a folder or file is made a path of, or handed on. */
function isPath(parent: Node | undefined, grandparent: Node | undefined, isPackage: boolean): boolean {
  switch (parent?.type) {
    case 'CallExpression':
      if (isCallOf(parent, 'createRequire')) return false;
      return !isPackage || isPathCall(parent) || isPathCall(grandparent);
    case 'BinaryExpression':
      return parent['operator'] === '+';
    case 'TemplateLiteral':
      return true;
    case 'VariableDeclarator':
      return !isPackage && parent['init'] !== undefined && isNode(parent['init']);
    default:
      return false;
  }
}

function isPathCall(node: Node | undefined): boolean {
  const callee = node?.type === 'CallExpression' ? node['callee'] : undefined;
  const name = isNode(callee) && callee.type === 'MemberExpression' ? callee['property'] : callee;
  return (
    isNode(name) && ['join', 'resolve', 'readFileSync', 'readFile', 'createReadStream'].includes(String(name['name']))
  );
}

const isNamed = (node: unknown, name: string): boolean =>
  isNode(node) && node.type === 'Identifier' && node['name'] === name;

const isCallOf = (node: unknown, name: string): boolean =>
  isNode(node) && node.type === 'CallExpression' && isNamed(node['callee'], name);

const isText = (node: unknown): boolean =>
  isNode(node) && (node.type === 'StringLiteral' || (node.type === 'TemplateLiteral' && startsWithFolder(node)));

/** esbuild bundles all that an import of `./folder/${name}.ts` may mean. */
function startsWithFolder({ quasis }: Node): boolean {
  const [first] = quasis as readonly { readonly value: { readonly raw: string } }[];
  return /^\.{1,2}\//.test(first?.value.raw ?? '');
}

/** `import.meta.url` and the like. */
function isMeta(node: unknown, names: readonly string[]): boolean {
  if (!isNode(node) || node.type !== 'MemberExpression') return false;
  const { object, property } = node;
  return (
    isNode(object) && object.type === 'MetaProperty' && isNode(property) && names.includes(String(property['name']))
  );
}
