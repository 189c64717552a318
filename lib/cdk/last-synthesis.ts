import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { groupStackName, stagePrefix } from '../job/names.ts';
import { MANIFEST_FILE, type Manifest, type ManifestStack } from '../manifest.ts';
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

/** A deployment of Belfry as an assembly has it. */
export interface LastDeployment extends Pick<Manifest, 'app' | 'stage' | 'jobs'> {
  readonly stacks: readonly ManifestStack[];
  /** Of its main stack. */
  readonly environment: string;
}

/** What was synthesized last. */
export interface LastSynthesis {
  readonly deployments: readonly LastDeployment[];
  readonly stacks: readonly LastStack[];
}

const NOTHING: LastSynthesis = { deployments: [], stacks: [] };

/** Reads the assembly that is in a folder; nothing where there is none, or none that can be read. */
export function readLastSynthesis(directory: string): LastSynthesis {
  try {
    const { artifacts } = readJson<Assembly>(join(directory, 'manifest.json'));
    const stacks = Object.entries(artifacts).flatMap(([id, { type, environment, properties }]) =>
      type === 'aws:cloudformation:stack' && properties?.templateFile !== undefined
        ? [readStack({ name: properties.stackName ?? id, environment }, join(directory, properties.templateFile))]
        : [],
    );
    const deployments = readdirSync(directory)
      .filter((file) => file === MANIFEST_FILE || file.endsWith(`.${MANIFEST_FILE}`))
      .flatMap((file) => readDeployment(readJson<Manifest>(join(directory, file)), stacks));
    return { deployments, stacks };
  } catch {
    return NOTHING;
  }
}

/** CDK clears no folder: a manifest whose stacks are not in the assembly is one of an earlier synthesis. */
function readDeployment(manifest: Manifest, all: readonly LastStack[]): readonly LastDeployment[] {
  const { app, stage, jobs, stacks = ownStacksOf(manifest) } = manifest;
  const main = all.find(({ name }) => name === stacks.find(({ group }) => group === '')?.name);
  return main === undefined ? [] : [{ app, stage, jobs, stacks, environment: main.environment }];
}

/** As an earlier version has named them. */
const ownStacksOf = (manifest: Manifest): readonly ManifestStack[] =>
  [...new Set(['', ...manifest.jobs.map(({ group }) => group)])].map((group) => ({
    group,
    name: group === '' ? stagePrefix(manifest) : groupStackName(manifest, group),
    isOwn: true,
  }));

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

function readStack(
  { name, environment = '' }: { name: string; environment: string | undefined },
  path: string,
): LastStack {
  const template = readJson<Template>(path);
  const outputs = Object.values(template.Outputs ?? {});
  return {
    name,
    environment,
    logicalIds: readLogicalIds(name, template),
    exports: outputs.flatMap(({ Export }) => (typeof Export?.Name === 'string' ? [Export.Name] : [])),
    imports: [...JSON.stringify(template).matchAll(/"Fn::ImportValue":"([^"]+)"/g)].map(([, export_ = '']) => export_),
  };
}

function readLogicalIds(stack: string, { Resources = {} }: Template): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(Resources).flatMap(([logicalId, { Type, Properties = {} }]) => {
      const read = (property: string) => (Properties as Record<string, unknown>)[property];
      const identity = identityOf({ type: Type, stack, read });
      return identity === undefined ? [] : [[identity.key, logicalId] as const];
    }),
  );
}

const readJson = <Content>(path: string): Content => JSON.parse(readFileSync(path, 'utf8')) as Content;
