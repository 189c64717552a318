import { isObject } from '../../lib/local/assembly/template.ts';

/** A template as far as it is merged. */
export type MergedTemplate = Readonly<Record<string, unknown>>;

/** The sections whose keys are ids that a template refers to. */
const SECTIONS = ['Resources', 'Outputs', 'Conditions', 'Mappings'] as const;

/**
 * One template with the resources of several, as if all were deployed at once: what two of them have in common, a linter
 * finds as it does in one. Ids get a prefix for each template, and so do the references to them; parameters are shared.
 */
export function mergeTemplates(templates: readonly MergedTemplate[]): MergedTemplate {
  const merged: Record<string, Record<string, unknown>> = {};
  for (const [index, template] of templates.entries()) {
    const renamed = withPrefix(template, `T${index + 1}`);
    for (const [section, content] of Object.entries(renamed)) {
      if (isObject(content)) merged[section] = { ...merged[section], ...content };
    }
  }
  return { AWSTemplateFormatVersion: '2010-09-09', ...merged };
}

function withPrefix(template: MergedTemplate, prefix: string): MergedTemplate {
  const ids = new Map<string, string>();
  for (const section of SECTIONS) {
    for (const id of Object.keys((template[section] ?? {}) as object)) ids.set(id, `${prefix}${id}`);
  }
  const { Parameters, ...rest } = template;
  const renamed = Object.entries(rest).map(([section, content]) => {
    const isNamed = (SECTIONS as readonly string[]).includes(section) && isObject(content);
    return [section, isNamed ? renameKeys(content, ids) : rename(content, ids)];
  });
  return { ...Object.fromEntries(renamed), ...(Parameters === undefined ? {} : { Parameters }) };
}

const renameKeys = (content: object, ids: ReadonlyMap<string, string>): unknown =>
  Object.fromEntries(Object.entries(content).map(([id, each]) => [ids.get(id) ?? id, rename(each, ids)]));

/** Where a template refers to an id: the keys of intrinsic functions and attributes whose value is one, or begins with one. */
const REFERENCES: ReadonlySet<string> = new Set([
  'Ref',
  'Fn::GetAtt',
  'DependsOn',
  'Condition',
  'Fn::If',
  'Fn::FindInMap',
]);

function rename(value: unknown, ids: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((each) => rename(each, ids));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => {
      if (key === 'Fn::Sub') return [key, renameSub(each, ids)];
      return [key, REFERENCES.has(key) ? renameReference(key, each, ids) : rename(each, ids)];
    }),
  );
}

function renameReference(key: string, value: unknown, ids: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') return value.replace(/^[^.]+/, (id) => ids.get(id) ?? id);
  if (!Array.isArray(value)) return rename(value, ids);
  if (key === 'DependsOn') return value.map((id) => ids.get(id) ?? id);
  const [id, ...rest] = value;
  return [ids.get(id) ?? id, ...rest.map((each) => rename(each, ids))];
}

function renameSub(value: unknown, ids: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return [renameSub(value[0], ids), ...value.slice(1).map((each) => rename(each, ids))];
  return String(value).replaceAll(/\$\{([^!.}]+)/g, (_, id: string) => `\${${ids.get(id) ?? id}`);
}
