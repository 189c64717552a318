import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { parse } from '@babel/parser';

export interface Import {
  readonly from: string;
  /** A path from the project's folder, or the name of a package. */
  readonly to: string;
  readonly isFile: boolean;
  /** Whether nothing of it is left when the types are taken away. */
  readonly isType: boolean;
  /** The names that are taken; none for `import * as`, `import('…')` and `export *`. */
  readonly names: readonly string[];
}

/** Every import of a file: static and dynamic ones, re-exports, types. */
export function importsOf(file: string): readonly Import[] {
  const found: Import[] = [];
  const add = (source: string, isType: boolean, names: readonly string[] = []) => {
    const isFile = source.startsWith('.');
    const to = isFile ? normalize(join(dirname(file), source)).replaceAll('\\', '/') : source;
    found.push({ from: file, to, isFile, isType, names });
  };
  visit(parse(readFileSync(file, 'utf8'), { sourceType: 'module', plugins: ['typescript'] }).program, add);
  return found;
}

type Node = Readonly<Record<string, unknown>> & { readonly type: string };
type Add = (source: string, isType: boolean, names?: readonly string[]) => void;

function visit(node: unknown, add: Add): void {
  if (Array.isArray(node)) for (const each of node) visit(each, add);
  if (typeof node !== 'object' || node === null || !('type' in node)) return;
  const { type, source, importKind, exportKind, specifiers = [], ...rest } = node as Node;
  const text = (source as { readonly value?: unknown } | undefined)?.value;
  if (typeof text === 'string') {
    const all = specifiers as readonly {
      readonly importKind?: string;
      readonly imported?: { readonly name: string };
    }[];
    const isType =
      importKind === 'type' ||
      exportKind === 'type' ||
      (all.length > 0 && all.every((each) => each.importKind === 'type'));
    add(
      text,
      isType,
      all.flatMap((each) => each.imported?.name ?? []),
    );
  }
  // `import('…')` is a call; in a type it has an argument.
  if (type === 'ImportExpression' || (type === 'CallExpression' && (rest['callee'] as Node).type === 'Import')) {
    const [argument] = (rest['arguments'] ?? []) as readonly { readonly value?: unknown }[];
    if (typeof argument?.value === 'string') add(argument.value, false);
  }
  if (type === 'TSImportType') {
    const { value } = rest['argument'] as { readonly value?: unknown };
    if (typeof value === 'string') add(value, true);
  }
  for (const each of Object.values(rest)) visit(each, add);
}
