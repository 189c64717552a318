import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MANIFEST_FILE, type Manifest } from '../manifest.ts';
import { identityOf } from './identity.ts';

/** A stack as an assembly has it. */
export interface LastStack {
  readonly name: string;
  /** `aws://<account>/<region>`, with `unknown-account` and `unknown-region` for what is left open. */
  readonly environment: string;
  /** Logical ids by the key of what identifies the resource. */
  readonly logicalIds: ReadonlyMap<string, string>;
  /** Names of what it exports to other stacks. */
  readonly exports: readonly string[];
  /** Names of what it imports from other stacks. */
  readonly imports: readonly string[];
}

/** What was synthesized last. */
export interface LastSynthesis {
  readonly manifest: Manifest;
  readonly stacks: readonly LastStack[];
}

/** Reads the assembly that is in a folder; undefined where there is none, or none that can be read. */
export function readLastSynthesis(directory: string): LastSynthesis | undefined {
  try {
    const manifest = join(directory, MANIFEST_FILE);
    if (!existsSync(manifest)) return undefined;
    const { artifacts } = readJson<Assembly>(join(directory, 'manifest.json'));
    const stacks = Object.entries(artifacts).flatMap(([id, { type, environment, properties }]) =>
      type === 'aws:cloudformation:stack' && properties?.templateFile !== undefined
        ? [
            {
              name: properties.stackName ?? id,
              environment: environment ?? '',
              ...readTemplate(join(directory, properties.templateFile)),
            },
          ]
        : [],
    );
    return { manifest: readJson<Manifest>(manifest), stacks };
  } catch {
    return undefined;
  }
}

interface Assembly {
  readonly artifacts: Readonly<Record<string, Artifact>>;
}

interface Artifact {
  readonly type: string;
  readonly environment?: string;
  readonly properties?: { readonly templateFile?: string; readonly stackName?: string };
}

interface Template {
  readonly Resources?: Readonly<Record<string, { readonly Type: string; readonly Properties?: object }>>;
  readonly Outputs?: Readonly<Record<string, { readonly Export?: { readonly Name: unknown } }>>;
}

function readTemplate(path: string): Omit<LastStack, 'name' | 'environment'> {
  const template = readJson<Template>(path);
  const outputs = Object.values(template.Outputs ?? {});
  return {
    logicalIds: readLogicalIds(template),
    exports: outputs.flatMap(({ Export }) => (typeof Export?.Name === 'string' ? [Export.Name] : [])),
    imports: [...JSON.stringify(template).matchAll(/"Fn::ImportValue":"([^"]+)"/g)].map(([, name = '']) => name),
  };
}

function readLogicalIds({ Resources = {} }: Template): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(Resources).flatMap(([logicalId, { Type, Properties = {} }]) => {
      const identity = identityOf(Type, (property) => (Properties as Record<string, unknown>)[property]);
      return identity === undefined ? [] : [[identity.key, logicalId] as const];
    }),
  );
}

const readJson = <Content>(path: string): Content => JSON.parse(readFileSync(path, 'utf8')) as Content;
